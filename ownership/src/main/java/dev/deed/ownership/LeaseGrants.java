package dev.deed.ownership;

import dev.deed.lineage.WorkerId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The executor's side of leases: who may keep tasks in flight here, and how many of those are
/// blocked.
final class LeaseGrants {
  /*
   * Messages: LeaseRequest, LeaseReturn (from owners); LeaseGrant, LeaseDenied, LeaseBlocked (to them).
   * What a lease allows is not reserved, so that leases that are not used keep nobody out.
   */

  /// A lease that an owner has; each owner numbers its own.
  static final class Grant {
    final WorkerId owner;
    private final long number;

    /// The owner's side of it, when that is this worker too.
    private final @Nullable TaskLease own;

    private int blocked;

    Grant(WorkerId owner, long number, @Nullable TaskLease own) {
      this.owner = owner;
      this.number = number;
      this.own = own;
    }
  }

  private final CoreContext context;
  private final TaskLeases leases;
  private final Map<WorkerId, Map<Long, Grant>> grants = new HashMap<>();

  LeaseGrants(CoreContext context, TaskLeases leases) {
    this.context = context;
    this.leases = leases;
  }

  /// An owner asks for a lease: granted unless so many tasks are `queued` that another could not be
  /// taken.
  void requested(WorkerId from, Message.LeaseRequest request, int queued) {
    boolean infeasible =
        context.self.driver() || !request.demand().fitsInto(context.self.capacity());
    if (infeasible || queued >= context.config.queueBound()) {
      context.send(from, new Message.LeaseDenied(request.lease(), infeasible));
      return;
    }
    grants
        .computeIfAbsent(from, _ -> new HashMap<>())
        .put(request.lease(), new Grant(from, request.lease(), null));
    int credits = TaskLeases.credits(request.demand(), context.self.capacity(), context.config);
    context.send(from, new Message.LeaseGrant(request.lease(), credits));
  }

  /// An owner gives a lease back.
  void returned(WorkerId from, long lease) {
    Map<Long, Grant> ofOwner = grants.get(from);
    if (ofOwner != null && ofOwner.remove(lease) != null && ofOwner.isEmpty()) {
      grants.remove(from);
    }
  }

  /// The lease under which an owner pushes a task. One that it has not is reported, and the task
  /// taken nevertheless: it is executed once, as any other.
  Grant of(WorkerId from, long lease) {
    Grant grant = grants.getOrDefault(from, Map.of()).get(lease);
    if (grant != null) {
      return grant;
    }
    context.report(
        Effects.Report.Kind.PROTOCOL_VIOLATION,
        from.brief() + " pushes a task under lease " + lease + ", which it has not");
    return new Grant(from, lease, null);
  }

  /// Of the tasks under a lease so many more, or fewer, are blocked. The owner is told how many
  /// are: it may need the places of those who wait for others.
  void blocked(Grant grant, int change) {
    grant.blocked += change;
    Invariants.check(grant.blocked >= 0, "%d tasks blocked under a lease", grant.blocked);
    if (grant.own != null) {
      leases.blocked(grant.own, grant.blocked);
    } else {
      context.send(grant.owner, new Message.LeaseBlocked(grant.number, grant.blocked));
    }
  }

  /// A worker's death is followed: it has no leases any more.
  void followDeath(WorkerId dead) {
    grants.remove(dead);
  }
}
