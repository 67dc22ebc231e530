package dev.deed.ownership.membership;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A replicated log as the paper has it, played with virtual time: one leader a term, commits only
/// with a majority, deposed leaders that learn it late.
final class SimulatedLog {
  private final MembershipWorld world;
  final List<Entry> entries = new ArrayList<>();
  final List<WorkerId> voters = new ArrayList<>();
  Optional<WorkerId> leader = Optional.empty();

  /// How many of the next joins fail to be appended.
  int failingJoins;

  private boolean electing;
  private long term;
  private long lastAppendNs;
  private long lastLearnedNs;

  SimulatedLog(MembershipWorld world) {
    this.world = world;
  }

  void found(WorkerId first) {
    voters.add(first);
    lead(first);
  }

  private void lead(WorkerId next) {
    term++;
    leader = Optional.of(next);
    world.catchUp(next, entries.size());
    List<WorkerId> now = List.copyOf(voters);
    world.at(next, 0, node -> node.service.leadership(true, now, node.clock()));
  }

  boolean majority(WorkerId of) {
    long reachable = voters.stream().filter(voter -> world.vote(of, voter)).count();
    return world.alive(of) && reachable >= voters.size() / 2 + 1;
  }

  /// Commits after a while, and the leader learns it again later, perhaps when another one leads.
  void append(WorkerId from, long ticket, Entry entry) {
    long asked = term;
    lastAppendNs = Math.max(lastAppendNs, world.now() + world.delay());
    world.later(lastAppendNs - world.now(), () -> commit(from, ticket, entry, asked));
  }

  private void commit(WorkerId from, long ticket, Entry entry, long asked) {
    boolean leads = leader.filter(from::equals).isPresent() && asked == term;
    boolean fails = entry instanceof Entry.Join && failingJoins > 0;
    failingJoins -= fails ? 1 : 0;
    if (fails || !leads || !majority(from)) {
      // What did not commit is heard of late.
      world.at(
          from, world.delay() * 20, node -> node.service.appended(ticket, false, node.clock()));
      return;
    }
    entries.add(entry);
    world.committed(entry);
    int index = entries.size();
    voters.stream().filter(voter -> !voter.equals(from)).forEach(world::catchUpLater);
    lastLearnedNs = Math.max(lastLearnedNs, world.now() + world.delay());
    world.at(
        from,
        lastLearnedNs - world.now(),
        node -> {
          world.catchUp(from, index);
          node.service.appended(ticket, true, node.clock());
        });
  }

  void change(WorkerId from, List<WorkerId> changed, boolean add) {
    MembershipWorld.check(
        changed.size() == 1 || (add && voters.equals(List.of(from))), "not a change by one");
    world.later(
        world.delay(),
        () -> {
          boolean may =
              leader.filter(from::equals).isPresent()
                  && majority(from)
                  && (!add || changed.stream().allMatch(world::alive));
          if (may && add) {
            changed.stream().filter(voter -> !voters.contains(voter)).forEach(this::enfranchise);
          } else if (may && voters.size() > 1) {
            voters.removeAll(changed);
          }
          List<WorkerId> now = List.copyOf(voters);
          world.at(from, 0, node -> node.service.votersChanged(may, now, node.clock()));
          if (may && !add && changed.contains(from)) {
            depose();
          }
        });
  }

  private void enfranchise(WorkerId voter) {
    voters.add(voter);
    world.catchUpLater(voter);
  }

  /// Elects when the leader has no majority any more; the old one learns it after a while.
  void check() {
    if (leader.isPresent() && (!majority(leader.get()) || !voters.contains(leader.get()))) {
      depose();
    }
    if (leader.isEmpty() && !electing) {
      electing = true;
      world.later(world.delay() * 20, this::elect);
    }
  }

  private void depose() {
    WorkerId old = leader.orElseThrow();
    leader = Optional.empty();
    term++;
    world.at(
        old,
        world.delay() * 30,
        node -> {
          if (leader.filter(old::equals).isEmpty()) {
            node.service.leadership(false, List.of(), node.clock());
          }
        });
  }

  private void elect() {
    electing = false;
    if (leader.isEmpty()) {
      voters.stream().filter(this::majority).findFirst().ifPresent(this::lead);
    }
  }
}
