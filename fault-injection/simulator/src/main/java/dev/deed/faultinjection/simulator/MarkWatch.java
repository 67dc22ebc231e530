package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Marks.Mark;
import dev.deed.faultinjection.simulator.Successions.Cut;
import dev.deed.lineage.Argument;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Cause;
import dev.deed.ownership.CoreView.ForeignReference;
import dev.deed.ownership.CoreView.OwnTask;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Event;
import dev.deed.ownership.Failure;
import dev.deed.ownership.Hold;
import dev.deed.ownership.Message;
import dev.deed.ownership.Message.EstateMessage;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Checks nothing: it recognizes the rare situations whose coverage is counted, from what cores say
/// to each other.
final class MarkWatch implements Check {
  private record Stream(Node sender, EstateId estate) {}

  private record Call(Node caller, Message.RollCall call) {}

  private final World world;
  private final Map<Stream, Long> sent = new HashMap<>();
  private final Map<EstateId, List<Call>> calls = new HashMap<>();

  /// Workers that have ever been full heirs.
  private final Map<EstateId, Set<WorkerId>> full = new HashMap<>();

  MarkWatch(World world) {
    this.world = world;
  }

  @Override
  public void sent(Node from, Node to, Message message) {
    switch (message) {
      case Message.TaskPush push
          when push.spec().arguments().stream().anyMatch(Argument.Pending.class::isInstance) ->
          world.marks.hit(Mark.ARGUMENT_LEFT_OPEN);
      case Message.LeaseDenied _ -> world.marks.hit(Mark.LEASE_DENIED);
      case Message.ToEstate(_, _, EstateMessage.Located located) when located.primary() ->
          world.marks.hit(Mark.COPY_PROMOTED);
      case Message.ToEstate(_, _, EstateMessage.Registration registration)
          when registration.hold() == Hold.NONE && overtakes(from, to, registration) ->
          world.marks.hit(Mark.REGISTRATION_OVERTAKEN);
      case Message.ValueAnswer(_, Reference reference, Outcome outcome)
          when !(outcome instanceof Outcome.Failed) && !reference.estate().equals(from.estate) ->
          world.marks.hit(Mark.VALUE_FROM_SUCCESSOR);
      default -> {}
    }
    if (message instanceof Message.ToEstate(EstateId estate, long number, var inner)) {
      Long last = sent.put(new Stream(from, estate), number);
      if (last != null && number <= last) {
        world.marks.hit(Mark.STREAM_RESENT);
        if (inner instanceof EstateMessage.Call) {
          world.marks.hit(Mark.RESUMED_CALL_RESENT);
        }
      }
    }
    if (message instanceof Message.RollCall call) {
      calls.computeIfAbsent(call.estate(), _ -> new ArrayList<>()).add(new Call(from, call));
    }
  }

  /// Whether the registration that is taken back has not arrived.
  private boolean overtakes(Node from, Node to, EstateMessage.Registration taken) {
    for (Message flying : world.links.flying(from, to)) {
      if (flying instanceof Message.ToEstate(_, _, EstateMessage.Registration earlier)
          && earlier.hold() != Hold.NONE
          && earlier.object().equals(taken.object())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void applying(Node node, Event event) {
    if (event
            instanceof Event.Arrived(var from, _, Message.ToEstate(EstateId estate, long number, _))
        && !estate.equals(node.estate)) {
      for (Cut cut : world.successions.cuts(estate, node.core.view().log().epoch(estate))) {
        if (cut.heir() == node && number <= cut.contents().applied().getOrDefault(from, 0L)) {
          world.marks.hit(Mark.STREAM_REPEATED);
        }
      }
    }
    if (event instanceof Event.Replicated(_, HeirMessage.Received received) && received.gap()) {
      world.marks.hit(Mark.HEIR_GAP);
    }
  }

  @Override
  public void got(Node node, long request, Reference reference, Outcome outcome) {
    if (outcome instanceof Outcome.Failed(Failure failure)
        && failure.kind() == Failure.Kind.OWNER_DIED
        && world.lost(reference)) {
      world.marks.hit(Mark.RECORD_LOST);
    }
  }

  @Override
  public void inherited(Node node, EstateId estate) {
    long epoch = node.core.view().log().epoch(estate);
    Node before = world.successions.serverBefore(estate, epoch);
    if (!before.gone()) {
      world.marks.hit(Mark.TAKEOVER_WHILE_OWNER_RUNS);
    }
    if (world.successions.moves(estate) > 1) {
      world.marks.hit(Mark.SUCCEEDED_TWICE);
    }
    if (node.executor.worksFor(estate)) {
      world.marks.hit(Mark.JOINED_HERE);
    }
    List<Cut> cuts = world.successions.cuts(estate, epoch);
    for (Cut cut : cuts) {
      if (cut.heir() == node) {
        atWork(node, estate, cut);
        if (cuts.stream().anyMatch(other -> world.living(other.heir()) && other.isBeyond(cut))) {
          world.marks.hit(Mark.SECOND_HEIR_COMPLETED);
        }
      }
    }
    calls.remove(estate);
  }

  private void atWork(Node node, EstateId estate, Cut cut) {
    Set<TaskId> named = new HashSet<>();
    for (Call call : calls.getOrDefault(estate, List.of())) {
      for (Message.RollCall.AtWork one : call.call.tasks()) {
        named.add(one.task());
        OwnTask task = node.core.view().task(estate, one.task());
        if (task == null) {
          world.marks.hit(Mark.CALL_UNKNOWN);
        } else if (call.caller.id.equals(task.executor())) {
          world.marks.hit(Mark.JOINED_AT_EXECUTOR);
        }
      }
    }
    cut.contents()
        .tasks()
        .forEach((id, task) -> {
          WorkerId executor = task.executor();
          OwnTask now = node.core.view().task(estate, id);
          if (task.pushed()
              && executor != null
              && !executor.equals(node.id)
              && !named.contains(id)
              && now != null
              && now.attempt() != task.attempt()
              && node.core.view().log().lives(executor)) {
            world.marks.hit(Mark.PUSHED_ANEW);
          }
        });
  }

  @Override
  public void heirsChanged(EstateId estate, List<Entry.Heir> before, List<Entry.Heir> after) {
    Set<WorkerId> earlier = full.computeIfAbsent(estate, _ -> new HashSet<>());
    for (Entry.Heir heir : after) {
      if (heir.full()
          && earlier.stream().anyMatch(world.log.truth()::dead)
          && !earlier.contains(heir.worker())) {
        world.marks.hit(Mark.HEIR_REPLACED);
      }
      if (heir.full()) {
        earlier.add(heir.worker());
      }
    }
  }

  @Override
  public void ended(Node node) {
    Map<String, Long> sizes = node.core.view().sizes();
    if (sizes.getOrDefault("estates being inherited", 0L) > 0) {
      world.marks.hit(Mark.SUCCESSOR_DIED_IN_TAKEOVER);
    }
    if (sizes.getOrDefault("what waits for heirs", 0L) > 0) {
      world.marks.hit(Mark.DIED_BEFORE_HEIRS_KNEW);
    }
    for (ForeignReference foreign : CoreState.of(node).foreign()) {
      WorkerView server = world.server(foreign.reference().estate()).orElse(null);
      for (WorkerId giver : foreign.givers()) {
        if (server != null && !giver.equals(server.id()) && world.living(world.node(giver))) {
          world.marks.hit(Mark.BORROWER_OF_BORROWER_DIED);
        }
      }
    }
    middleman(node);
  }

  private void middleman(Node node) {
    for (ForeignReference foreign : CoreState.of(node).foreign()) {
      boolean ownerLives = world.server(foreign.reference().estate()).isPresent();
      for (Cause cause : foreign.causes()) {
        if (ownerLives && cause instanceof Cause.Sent(var to, _) && world.living(world.node(to))) {
          world.marks.hit(Mark.MIDDLEMAN_DIED);
          return;
        }
      }
    }
  }
}
