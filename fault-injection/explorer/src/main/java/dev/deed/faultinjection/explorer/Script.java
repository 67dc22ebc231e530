package dev.deed.faultinjection.explorer;

import java.util.List;

/// What the user code of a task, or of a main program, does.
record Script(String name, List<Action> actions) {
  static Script of(String name, Action... actions) {
    return new Script(name, List.of(actions));
  }
}
