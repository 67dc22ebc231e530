package dev.deed.faultinjection.explorer;

import java.util.List;

/// One step of scripted user code. Variables hold references, and are filled once.
///
/// A task finds the references that it captured in `c0`, `c1`, …, and those inside its i-th joined
/// argument in `a<i>.0`, `a<i>.1`, …. What a script has not dropped at its end goes at any moment
/// after it, as with a garbage collector.
sealed interface Action {

  /// Puts a value with these references inside.
  ///
  /// @param large whether it lies in the store
  record Put(String into, boolean large, List<String> inside) implements Action {}

  /// A call.
  ///
  /// @param into variable of the result; the task has this name in stories
  /// @param script what the task does
  /// @param at name of the worker that it runs at, empty for anywhere
  /// @param captured references that travel as they are
  /// @param joined references that are delivered as values
  record Submit(
      String into,
      String script,
      String at,
      List<String> captured,
      List<String> joined,
      int retries)
      implements Action {}

  /// Reads a value; the references inside it go into these variables, in order.
  record Get(String from, List<String> into) implements Action {}

  /// A handle is given up.
  record Drop(String name) implements Action {}

  /// Leaves a handle in a variable of the worker, where later tasks find it: what an actor does. It
  /// may go at any moment, as what a script has not dropped.
  record Keep(String name, String variable) implements Action {}

  /// Takes what a task before it has kept. Where nothing is any more, the script ends.
  record Take(String variable, String into) implements Action {}

  /// Wants the task of this reference stopped, with its descendants.
  record Cancel(String name) implements Action {}

  /// Ends the task with a value with these references inside. A script without it ends with a small
  /// value.
  ///
  /// @param large whether the value lies in the store
  record Return(boolean large, List<String> inside) implements Action {}
}
