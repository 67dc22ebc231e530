package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Keeping;
import dev.deed.lineage.TaskSpec;
import java.util.List;

/// One step of a scripted task. Variables are named; a step whose variable holds no reference
/// leaves it out, so that a plan still makes sense when steps are taken out of it.
///
/// At its start a script finds the references of its captured values in `c0`, `c1`, … and those
/// inside its i-th argument in `a<i>.0`, `a<i>.1`, ….
sealed interface Step {

  /// User code computes.
  record Compute(long ns) implements Step {}

  /// A call: `into` holds the first result, `into.1` the second, ….
  record Submit(
      String into,
      int script,
      List<String> arguments,
      List<String> captured,
      TaskSpec.Terms terms,
      int returns)
      implements Step {}

  /// Reads a value; the references inside it go `into` these variables, in order.
  ///
  /// @param tolerant whether the script goes on when there is no value; else the error ends it
  /// @param timeoutNs after which it goes on without, 0 for never
  record Get(String from, List<String> into, boolean tolerant, long timeoutNs) implements Step {}

  /// Waits until `count` of these are done, at most for `timeoutNs` (0: for ever).
  record Await(List<String> of, int count, long timeoutNs) implements Step {}

  /// Puts a value of `size` bytes with these references inside.
  ///
  /// @param copies how many workers are to keep one, if it is stored
  /// @param keeping what it asks of its owner's heirs
  record Put(String into, long size, List<String> inside, int copies, Keeping keeping)
      implements Step {
    Put(String into, long size, List<String> inside) {
      this(into, size, inside, 1, Keeping.ESTATE);
    }
  }

  /// User code waits, on its processor, until somebody opens the gate.
  record Pass(String gate) implements Step {}

  /// A second handle of a reference.
  record Copy(String from, String into) implements Step {}

  /// Gives a handle up.
  record Drop(String name) implements Step {}

  /// Copies a reference into a variable of the worker, where it outlives the task: what an actor
  /// does.
  record Keep(String name, String variable) implements Step {}

  /// Empties a variable of the worker.
  record DropKept(String variable) implements Step {}

  /// Copies what a variable of the worker holds.
  record TakeKept(String variable, String into) implements Step {}

  /// Asks for a task to be stopped.
  record Cancel(String name, boolean recursive) implements Step {}

  /// The user's exception, in every run.
  record Throw(boolean retriable) implements Step {}

  /// A retriable exception in every run before `run`.
  record ThrowBefore(int run) implements Step {}

  /// The result is another one in each execution, and a large one small in some.
  record Vary() implements Step {}

  /// Ends the script with a value of `size` bytes and these references inside. A script without it
  /// ends with a small value.
  record Return(long size, List<String> inside) implements Step {}
}
