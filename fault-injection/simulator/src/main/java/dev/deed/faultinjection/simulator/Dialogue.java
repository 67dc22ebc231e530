package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Executor.Job;
import dev.deed.faultinjection.simulator.Node.Held;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.ownership.Event;
import dev.deed.ownership.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one program asks its core: at most one question at a time, a get, a wait or a reservation.
/// While a task waits for more than a moment, its processors are given back.
final class Dialogue {
  private static final long SPIN_NS = 5_000;

  private final Node node;
  private final ProgramRun program;
  private final @Nullable Job job;
  private long question;
  private @Nullable Step asked;
  private List<Held> targets = List.of();
  private @Nullable Runnable whenReserved;
  private long reservingBytes;
  private long reservedBytes;
  private boolean blocked;

  Dialogue(Node node, ProgramRun program, @Nullable Job job) {
    this.node = node;
    this.program = program;
    this.job = job;
  }

  // --- questions --------------------------------------------------------------------------------

  void get(Step.Get step, Reference reference) {
    long request = ask(step);
    node.world.checks.asked(node, request, reference);
    node.publish(new Event.Get(request, reference));
    if (step.timeoutNs() > 0) {
      node.after(step.timeoutNs(), () -> abandon(request));
    }
  }

  /// Waits until a value that was put can be read.
  void copied(Step.Put step, Reference reference) {
    long request = ask(step);
    node.world.checks.asked(node, request, reference);
    node.publish(new Event.Get(request, reference));
  }

  void await(Step.Await step, List<Held> handles, int count) {
    long request = ask(step);
    targets = handles;
    if (step.timeoutNs() > 0) {
      node.after(step.timeoutNs(), () -> endWait(request));
    }
    node.publish(new Event.Await(request, Variables.references(handles), count));
  }

  /// Asks for room, and goes on with [#hasRoom] telling whether there is.
  void reserve(long bytes, Runnable then) {
    long request = ask(null);
    reservingBytes = bytes;
    whenReserved = then;
    node.publish(new Event.Reserve(request, bytes));
  }

  private long ask(@Nullable Step step) {
    long request = node.newRequest();
    question = request;
    asked = step;
    node.questions.put(request, this);
    if (job != null && step != null) {
      node.after(SPIN_NS, () -> block(request));
    }
    return request;
  }

  private void block(long request) {
    if (question == request && !blocked && !program.ended() && job != null) {
      blocked = true;
      node.publish(new Event.Blocked(job.execution()));
      node.executor.blocked(job, true);
    }
  }

  private void unblock() {
    question = 0;
    if (blocked && job != null) {
      blocked = false;
      node.publish(new Event.Unblocked(job.execution()));
      node.executor.blocked(job, false);
    }
  }

  private void abandon(long request) {
    if (question == request && node.questions.containsKey(request) && !program.ended()) {
      unblock();
      node.publish(new Event.GetAbandoned(request));
      program.proceed();
    }
  }

  private void endWait(long request) {
    if (question == request) {
      node.publish(new Event.AwaitEnded(request));
    }
  }

  // --- answers ----------------------------------------------------------------------------------

  /// The core has answered a get.
  void got(long request, Reference reference, Outcome outcome) {
    if (request == question && asked instanceof Step.Put put) {
      program.later(
          2_000,
          () -> {
            unblock();
            node.publish(new Event.ReadDone(request));
            program.copied(put, outcome);
          });
      return;
    }
    if (request != question || !(asked instanceof Step.Get step)) {
      node.publish(new Event.ReadDone(request));
      return;
    }
    if (outcome instanceof Outcome.Stored(StoredValue value, _)) {
      program.copies.open(reference, value);
    }
    program.afterDecoding(() -> {
      unblock();
      program.read(step, reference, outcome);
      if (outcome instanceof Outcome.Stored(StoredValue value, _)) {
        program.copies.close(reference, value);
      }
      node.publish(new Event.ReadDone(request));
      program.goOn(step, outcome);
    });
  }

  /// The core has answered a wait.
  void awaited(long request, int[] done) {
    if (request != question || !(asked instanceof Step.Await step)) {
      return;
    }
    node.world.checks.awaited(node, Variables.references(targets), step, done);
    program.later(
        2_000,
        () -> {
          unblock();
          program.proceed();
        });
  }

  /// The core has answered a reservation.
  void reserved(boolean granted) {
    question = 0;
    Runnable then = whenReserved;
    whenReserved = null;
    if (program.ended() || then == null) {
      if (granted) {
        node.publish(new Event.ReserveReturned(reservingBytes));
      }
      return;
    }
    reservedBytes = granted ? reservingBytes : 0;
    program.later(1_000 + reservedBytes / 4, then);
  }

  /// Whether room was reserved and has not been used.
  boolean hasRoom() {
    return reservedBytes > 0;
  }

  /// Writes a value into the room that was reserved for it.
  void write(Reference reference, StoredValue value) {
    reservedBytes = 0;
    node.store.write(reference, value);
  }

  /// The program ends: its question is given up, and room that it has not used goes back.
  void end() {
    if (question != 0) {
      giveUp(question);
    }
    program.copies.closeAll();
    if (hasRoom()) {
      node.publish(new Event.ReserveReturned(reservedBytes));
      reservedBytes = 0;
    }
  }

  private void giveUp(long request) {
    unblock();
    if (asked instanceof Step.Get || asked instanceof Step.Put) {
      // An answer that is on its way all the same is ended in got().
      node.publish(
          node.questions.containsKey(request)
              ? new Event.GetAbandoned(request)
              : new Event.ReadDone(request));
    } else if (asked instanceof Step.Await) {
      node.publish(new Event.AwaitEnded(request));
    }
  }

  /// What is asked, for people.
  String describe() {
    return program.describe() + " at " + asked;
  }
}
