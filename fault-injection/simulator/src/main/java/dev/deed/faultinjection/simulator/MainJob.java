package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Draws.Dice;
import dev.deed.faultinjection.simulator.Draws.Purpose;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Event;
import dev.deed.ownership.Message;
import dev.deed.ownership.Message.EstateMessage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The main program of a run, and who runs it: the driver that began it, and, where it is a job,
/// those that resume it when the one before is dead. Also marks what became of the calls of those.
final class MainJob implements Check {
  private static final String NAME = "job";
  private static final long POLL_NS = 500_000;

  private final World world;
  private final TaskId root;
  private final Dice dice;
  private @Nullable Node successor;
  private @Nullable ProgramRun program;
  private int resumptions;
  private long crashServerAfterNs = -1;
  private boolean resuming;
  private boolean byHand;
  private boolean ended;

  MainJob(World world) {
    this.world = world;
    this.root = TaskId.root(world.seed, 0);
    this.dice = world.draws.dice(Purpose.JOB, 1);
    this.resumptions = world.plan.settings().resumptions();
  }

  /// Whether it is resumed at all.
  boolean isDurable() {
    return world.plan.settings().resumptions() > 0;
  }

  /// The process that runs it, or ran it last.
  Node driver() {
    return successor == null ? world.nodes.getFirst() : successor;
  }

  /// Says that it begins.
  Entry begun() {
    return new Entry.JobBegun(NAME, driver().id, root);
  }

  /// Runs main: script 0, unless it is written by hand.
  void start() {
    if (byHand) {
      program = ProgramRun.byHand(driver(), root, home());
      return;
    }
    ProgramRun run = ProgramRun.main(driver(), root, world.plan.scripts().getFirst(), home());
    program = run;
    driver().after(0, run::begin);
  }

  /// Whoever runs main from here on is told what to do step by step.
  void byHand() {
    byHand = true;
  }

  /// What runs main, or ran it last.
  Optional<ProgramRun> program() {
    return Optional.ofNullable(program);
  }

  /// The estate that gets what main calls.
  private EstateId home() {
    return world.nodes.getFirst().estate;
  }

  /// The program has come to its end.
  void ended() {
    ended = true;
  }

  /// Whether nothing will be called any more.
  boolean hasEnded() {
    boolean toBeResumed = resumptions > 0 && !world.log.truth().dead(driver().id);
    return ended || (driver().gone() && !resuming && !toBeResumed);
  }

  /// The server of what main calls is to be killed so long after the next driver has begun to run
  /// it, unless that is below 0.
  void crashServerAfter(long afterNs) {
    crashServerAfterNs = afterNs;
  }

  private void crashServer() {
    world
        .log
        .truth()
        .server(home())
        .ifPresent(server -> world.crash(world.node(server), "killed as the job's server"));
  }

  /// Main does something else than before, and is told so.
  void differs(Node node) {
    ProgramRun run = program;
    if (node == driver() && run != null && !run.ended()) {
      world.marks.hit(Marks.Mark.MAIN_DIFFERED);
      run.close();
    }
  }

  /// A worker's death is in the log.
  void died(WorkerId dead) {
    boolean lost = world.log.truth().closed(home());
    if (!isDurable() || !dead.equals(driver().id) || ended || lost || resumptions == 0) {
      resuming &= !dead.equals(driver().id);
      return;
    }
    resumptions--;
    resuming = true;
    world.agenda.at(world.nowNs + dice.delay(1_000_000, 100_000_000, 900_000_000), this::resume);
  }

  private void resume() {
    Node next = world.joinDriver();
    successor = next;
    world.agenda.at(world.nowNs + POLL_NS, () -> claim(next));
  }

  private void claim(Node next) {
    if (next.gone()) {
      return;
    }
    if (world.log.truth().lives(next.id)) {
      // Where the log takes no entries just now, it takes this one later.
      world.log.commit(new Entry.JobResumed(NAME, next.id));
      begin(next);
    } else {
      world.agenda.at(world.nowNs + POLL_NS, () -> claim(next));
    }
  }

  private void begin(Node next) {
    if (next.gone() || next != driver()) {
      // A later one has the job.
      return;
    }
    if (next.core.view().log().job(NAME).filter(j -> j.driver().equals(next.id)).isPresent()) {
      world.marks.hit(Marks.Mark.JOB_RESUMED);
      resuming = false;
      start();
      if (crashServerAfterNs >= 0) {
        world.agenda.at(world.nowNs + crashServerAfterNs, this::crashServer);
        crashServerAfterNs = -1;
      }
    } else if (world.log.truth().closed(home())) {
      // Its records are lost: there is nothing to be resumed.
      resuming = false;
      ended = true;
    } else {
      world.agenda.at(world.nowNs + POLL_NS, () -> begin(next));
    }
  }

  /// Ends the job: by its driver, or when that is dead by anybody.
  void end() {
    if (isDurable() && world.log.truth().job(NAME).isPresent()) {
      world.log.commit(new Entry.JobEnded(NAME, home(), driver().id));
    }
  }

  /// Whether a call or put of the driver that makes the object is on its way.
  boolean makes(Reference reference) {
    Node next = successor;
    return next != null
        && reference.estate().equals(home())
        && !next.gone()
        && next.core.view().makes(reference);
  }

  @Override
  public void applying(Node node, Event event) {
    if (!(event instanceof Event.Arrived(_, _, Message.ToEstate(EstateId estate, _, var message)))
        || !CoreState.of(node).serves(estate)) {
      return;
    }
    if (message instanceof EstateMessage.Call call) {
      var task = node.core.view().task(estate, call.spec().id());
      world.marks.hit(
          task == null
              ? Marks.Mark.RESUMED_CALL_MADE
              : task.state().equals("DONE")
                  ? Marks.Mark.RESUMED_CALL_WAS_DONE
                  : Marks.Mark.RESUMED_CALL_JOINED);
      world.ledger.madeAgain(new Reference(call.spec().result(0), estate));
    }
    if (message instanceof EstateMessage.PutValue put) {
      world.marks.hit(Marks.Mark.RESUMED_PUT);
      world.ledger.madeAgain(new Reference(put.object(), estate));
    }
  }
}
