package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Node.Held;
import dev.deed.lineage.Reference;
import dev.deed.ownership.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The variables of one program, each with a handle of its own, and its access to those of its
/// worker.
final class Variables {
  private final Node node;
  private final TreeMap<String, Held> held = new TreeMap<>();

  Variables(Node node) {
    this.node = node;
  }

  @Nullable Held get(String name) {
    return held.get(name);
  }

  /// What those of the variables hold that hold anything.
  List<Held> get(List<String> names) {
    List<Held> found = new ArrayList<>(names.size());
    for (String name : names) {
      Held one = held.get(name);
      if (one != null) {
        found.add(one);
      }
    }
    return found;
  }

  static List<Reference> references(List<Held> handles) {
    return handles.stream().map(Held::reference).toList();
  }

  /// Puts a handle into a variable; what it held before is dropped.
  void bind(String name, Held handle) {
    Held earlier = held.put(name, handle);
    if (earlier != null) {
      node.drop(earlier);
    }
  }

  /// Binds references that were read to `prefix0`, `prefix1`, ….
  void bindAll(String prefix, List<Reference> references) {
    List<String> names = new ArrayList<>(references.size());
    for (int i = 0; i < references.size(); i++) {
      names.add(prefix + i);
    }
    bindRead(references, names);
  }

  /// Binds references that were read to these variables; those that find none are dropped at once.
  void bindRead(List<Reference> references, List<String> names) {
    if (references.isEmpty()) {
      return;
    }
    long[] handles = new long[references.size()];
    List<Held> unwanted = new ArrayList<>();
    for (int i = 0; i < handles.length; i++) {
      handles[i] = node.newHandle(references.get(i));
      Held one = new Held(references.get(i), handles[i]);
      if (i < names.size()) {
        bind(names.get(i), one);
      } else {
        unwanted.add(one);
      }
    }
    node.publish(new Event.HandlesAdded(references, handles));
    unwanted.forEach(node::drop);
  }

  void drop(String name) {
    Held one = held.remove(name);
    if (one != null) {
      node.drop(one);
    }
  }

  /// Binds a second handle of what `from` holds.
  void copy(String from, String into) {
    copyOf(held.get(from)).ifPresent(copy -> bind(into, copy));
  }

  /// Copies a reference into a variable of the worker.
  void keep(String name, String variable) {
    Optional<Held> copy = copyOf(held.get(name));
    if (copy.isEmpty()) {
      return;
    }
    Held earlier = node.world.closing() ? copy.get() : node.kept.put(variable, copy.get());
    if (earlier != null) {
      node.drop(earlier);
    }
  }

  void dropKept(String variable) {
    Held one = node.kept.remove(variable);
    if (one != null) {
      node.drop(one);
    }
  }

  /// Copies what a variable of the worker holds.
  void takeKept(String variable, String into) {
    copyOf(node.kept.get(variable)).ifPresent(copy -> bind(into, copy));
  }

  private Optional<Held> copyOf(@Nullable Held original) {
    if (original == null) {
      return Optional.empty();
    }
    Reference reference = original.reference();
    long handle = node.newHandle(reference);
    node.publish(new Event.HandlesAdded(List.of(reference), new long[] {handle}));
    return Optional.of(new Held(reference, handle));
  }

  /// Takes all handles out of their variables.
  List<Held> takeAll() {
    List<Held> all = List.copyOf(held.values());
    held.clear();
    return all;
  }
}
