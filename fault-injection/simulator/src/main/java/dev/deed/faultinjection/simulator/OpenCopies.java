package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Argument;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.Value;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Outcome;
import java.util.ArrayList;
import java.util.List;

/// The stored values that one program has in its hands, and the decoding of values: checkers are
/// told what it read.
final class OpenCopies {
  private final Node node;
  private final List<CopyName> open = new ArrayList<>();

  OpenCopies(Node node) {
    this.node = node;
  }

  /// Decodes an argument, whose bytes stay open; gives the references inside it.
  List<Reference> read(Argument argument) {
    return switch (argument) {
      case Argument.Pending(Reference reference) ->
          throw new ViolationException(
              "core", node + " runs a task whose argument " + reference + " is open");
      case Argument.Inline(Reference reference, Value value) -> read(reference, value);
      case Argument.Stored(Reference reference, StoredValue value, _) -> {
        open(reference, value);
        yield read(reference, value);
      }
    };
  }

  /// Decodes what a get was answered with; gives the references inside it.
  List<Reference> read(Reference reference, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Inline(Value value) -> read(reference, value);
      case Outcome.Stored(StoredValue value, _) -> read(reference, value);
      case Outcome.Failed _ -> List.of();
    };
  }

  private List<Reference> read(Reference reference, Value value) {
    node.world.checks.read(node, reference, Values.digestOf(value), value.references());
    return value.references();
  }

  private List<Reference> read(Reference reference, StoredValue value) {
    Store.Copy copy =
        node.store
            .copy(CopyName.of(reference, value))
            .orElseThrow(() ->
                new ViolationException(
                    "core", node + " was given " + reference + " and has no copy of it"));
    node.world.checks.read(node, reference, copy.digest(), value.references());
    return value.references();
  }

  /// From now on the bytes must stay.
  void open(Reference reference, StoredValue value) {
    CopyName name = CopyName.of(reference, value);
    node.store.opened(name);
    open.add(name);
  }

  void close(Reference reference, StoredValue value) {
    CopyName name = CopyName.of(reference, value);
    if (open.remove(name)) {
      node.store.closed(name);
    }
  }

  void closeAll() {
    open.forEach(node.store::closed);
    open.clear();
  }
}
