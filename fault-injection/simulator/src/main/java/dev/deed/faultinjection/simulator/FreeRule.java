package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Argument;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.CoreView.OwnObject;
import dev.deed.ownership.Message;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.TaskOutcome;
import java.util.List;
import java.util.Optional;

/// The rule of invariant 3: no object is given up while a living worker's program, or a message on
/// its way to a living worker, has a reference to it. Programs and links are the simulator's own
/// knowledge; of the owner only what it still has is looked at.
public final class FreeRule {
  /// Is told of each reference that somebody has whose estate has a server that knows it.
  interface Judge {
    /// `where` has the reference.
    ///
    /// @param own the owner's record, which is there
    /// @param where who has the reference
    void has(Reference reference, OwnObject own, Where where);
  }

  /// Who has a reference: words for people, made only when they are needed.
  record Where(String what, WorkerView at, WorkerView to) {
    @Override
    public String toString() {
      return at.equals(to) ? what + " " + at : what + " " + at + " to " + to;
    }
  }

  private final ClusterView cluster;

  /// A rule for this cluster.
  public FreeRule(ClusterView cluster) {
    this.cluster = cluster;
  }

  /// Looks at every reference; throws a [ViolationException] where its owner has no record, or has
  /// let a value go that can't be made again.
  public void survey() {
    look((reference, own, where) -> {
      if (CoreFacts.released(own) && !own.recreatable()) {
        throw gone(reference, where);
      }
    });
  }

  /// The owner has let the value go.
  ViolationException gone(Reference reference, Where where) {
    WorkerView owner =
        cluster
            .server(reference.estate())
            .orElseGet(() -> cluster.worker(reference.estate().creator()));
    return new ViolationException(
        "3 early free", owner + " let " + reference + " go, which has " + where);
  }

  /// Shows every reference that is in use to a judge.
  void look(Judge judge) {
    for (WorkerView holder : cluster.workers()) {
      if (!cluster.living(holder)) {
        continue;
      }
      Where handle = new Where("a handle of", holder, holder);
      for (Reference reference : holder.handles()) {
        demand(reference, handle, judge);
      }
      Where task = new Where("a task that waits at", holder, holder);
      for (TaskSpec spec : holder.waiting()) {
        needed(spec, task, judge);
      }
      for (WorkerView sender : cluster.workers()) {
        if (!sender.equals(holder) && cluster.living(sender)) {
          carried(sender, holder, judge);
        }
      }
    }
  }

  private void carried(WorkerView sender, WorkerView receiver, Judge judge) {
    Where where = new Where("a message from", sender, receiver);
    for (Message message : cluster.flying(sender, receiver)) {
      switch (message) {
        case Message.TaskPush push -> needed(push.spec(), where, judge);
        // One without a number had been released: who gets it again knows it already, and skips it.
        case Message.ToEstate(_, _, Message.EstateMessage.TaskReply reply)
            when reply.number() != 0
                && reply.outcome() instanceof TaskOutcome.Returned(List<Outcome> results) ->
            results.forEach(result -> result.references().forEach(r -> demand(r, where, judge)));
        case Message.ToEstate(_, _, Message.EstateMessage.Call call) when call.number() != 0 ->
            needed(call.spec(), where, judge);
        case Message.ToEstate(_, _, Message.EstateMessage.PutValue put) when put.number() != 0 ->
            put.outcome().references().forEach(r -> demand(r, where, judge));
        default -> {}
      }
    }
  }

  private void needed(TaskSpec spec, Where where, Judge judge) {
    spec.captured().forEach(r -> demand(r, where, judge));
    for (Argument argument : spec.arguments()) {
      switch (argument) {
        case Argument.Pending(Reference r) -> demand(r, where, judge);
        case Argument.Inline inline ->
            inline.value().references().forEach(r -> demand(r, where, judge));
        case Argument.Stored(Reference r, StoredValue value, _) -> {
          demand(r, where, judge);
          // The value holds what is inside, and goes with its owner: then nobody gets to read it.
          if (!cluster.truth().closed(r.estate()) && !cluster.lost(r)) {
            value.references().forEach(inner -> demand(inner, where, judge));
          }
        }
      }
    }
  }

  private void demand(Reference reference, Where where, Judge judge) {
    WorkerView owner = cluster.server(reference.estate()).orElse(null);
    if (owner == null) {
      if (cluster.givenUp(reference.estate()) && !cluster.lost(reference)) {
        throw new ViolationException(
            "3 early free", "the estate of " + reference + " was given up, which has " + where);
      }
      return;
    }
    Optional<OwnObject> own = owner.facts().own(reference);
    if (own.isEmpty() && cluster.lost(reference)) {
      return;
    }
    if (own.isEmpty()) {
      throw new ViolationException(
          "3 early free", owner + " has no record of " + reference + ", which has " + where);
    }
    judge.has(reference, own.get(), where);
  }
}
