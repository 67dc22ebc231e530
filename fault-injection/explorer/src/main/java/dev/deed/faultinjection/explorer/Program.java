package dev.deed.faultinjection.explorer;

import dev.deed.lineage.Argument;
import dev.deed.lineage.Mixing;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How far one piece of user code is: a main program, or one execution of a task.
final class Program {
  /// One variable's worth of a reference.
  record Held(Reference reference, long handle) {}

  /// Where it stands within its present action.
  enum Phase {
    /// Nothing of it has happened.
    HANDED_OVER,
    /// Between two actions.
    READY,
    /// It has asked for a value.
    ASKING,
    /// It has been given what it asked for.
    ANSWERED,
    /// It has made handles of what stood inside.
    READING
  }

  final String name;
  final TaskId task;
  final Script script;

  /// Null for a main program.
  final @Nullable TaskSpec spec;

  final long execution;
  final int attempt;
  final dev.deed.lineage.EstateId estate;

  /// The estate that gets its calls and puts.
  final dev.deed.lineage.EstateId home;

  final TreeMap<String, Held> variables = new TreeMap<>();
  Phase phase = Phase.HANDED_OVER;
  int position;
  int calls;
  int puts;
  boolean unwanted;
  @Nullable Outcome answer;

  Program(
      String name,
      TaskId task,
      Script script,
      @Nullable TaskSpec spec,
      long execution,
      int attempt,
      dev.deed.lineage.EstateId estate,
      dev.deed.lineage.EstateId home) {
    this.name = name;
    this.task = task;
    this.script = script;
    this.spec = spec;
    this.execution = execution;
    this.attempt = attempt;
    this.estate = estate;
    this.home = home;
  }

  boolean isMain() {
    return spec == null;
  }

  /// A handle or request number that no other variable or question has, whatever happened before.
  long number(String variable) {
    long mixed = Mixing.mix(name.hashCode(), variable.hashCode(), execution + 1);
    return (mixed & Long.MAX_VALUE) | 1;
  }

  Held hold(String variable, Reference reference) {
    Held held = new Held(reference, number(variable));
    variables.put(variable, held);
    return held;
  }

  Reference reference(String variable) {
    Held held = variables.get(variable);
    if (held == null) {
      throw new IllegalStateException(script.name() + " uses " + variable + ", which it has not");
    }
    return held.reference();
  }

  List<Reference> references(List<String> names) {
    return names.stream().map(this::reference).toList();
  }

  /// Whether it begins with references that it makes handles of.
  boolean isGiven() {
    return spec != null
        && (!spec.captured().isEmpty()
            || spec.arguments().stream().anyMatch(argument -> !inside(argument).isEmpty()));
  }

  /// What user code of a task can make handles of when it begins.
  List<Held> given() {
    List<Held> given = new ArrayList<>();
    if (spec != null) {
      for (int i = 0; i < spec.captured().size(); i++) {
        given.add(hold("c" + i, spec.captured().get(i)));
      }
      for (int i = 0; i < spec.arguments().size(); i++) {
        List<Reference> inside = inside(spec.arguments().get(i));
        for (int j = 0; j < inside.size(); j++) {
          given.add(hold("a" + i + "." + j, inside.get(j)));
        }
      }
    }
    return given;
  }

  private static List<Reference> inside(Argument argument) {
    return switch (argument) {
      case Argument.Inline(_, var value) -> value.references();
      case Argument.Stored(_, var value, _) -> value.references();
      case Argument.Pending _ -> List.of();
    };
  }

  /// The action that comes next; null at the end of the script.
  @Nullable Action next() {
    return position < script.actions().size() ? script.actions().get(position) : null;
  }

  /// What comes next, for people.
  String describeNext() {
    if (phase == Phase.HANDED_OVER && isGiven()) {
      return "it begins";
    }
    return switch (phase) {
      case ASKING -> "it waits";
      case ANSWERED, READING -> "it reads the value";
      case HANDED_OVER, READY ->
          switch (next()) {
            case null -> "it ends";
            case Action.Put put -> "puts " + put.into() + with(put.inside());
            case Action.Submit call ->
                "calls " + call.into() + with(call.captured()) + with(call.joined());
            case Action.Get(String from, _) -> "gets " + from;
            case Action.Drop(String name) -> "drops " + name;
            case Action.Keep(String name, _) -> "keeps " + name;
            case Action.Take(String variable, _) -> "takes " + variable;
            case Action.Cancel(String name) -> "cancels " + name;
            case Action.Return(_, List<String> inside) -> "returns" + with(inside);
          };
    };
  }

  private static String with(List<String> names) {
    return names.isEmpty() ? "" : " with " + String.join(" and ", names);
  }

  void write(CanonicalDump dump) {
    dump.value(name);
    dump.number(execution);
    dump.number(attempt);
    dump.value(phase);
    dump.number(position);
    dump.number(unwanted ? 1 : 0);
    dump.value(answer);
    dump.number(variables.size());
    variables.forEach((variable, held) -> {
      dump.value(variable);
      dump.value(held);
    });
  }
}
