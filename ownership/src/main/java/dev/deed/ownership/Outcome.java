package dev.deed.ownership;

import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.Value;
import dev.deed.lineage.WorkerId;
import java.util.List;

/// How an object came out: what the owner records, and what a reader is told.
public sealed interface Outcome {

  /// A small value.
  record Inline(Value value) implements Outcome {}

  /// A large value that lies in stores.
  ///
  /// @param holders workers with a sealed copy, the primary one first; may be empty on its way from
  ///   the executor
  record Stored(StoredValue value, List<WorkerId> holders) implements Outcome {}

  /// No value and never one.
  record Failed(Failure failure) implements Outcome {}

  /// The references inside the value; none where there is no value.
  default List<Reference> references() {
    return switch (this) {
      case Inline inline -> inline.value().references();
      case Stored stored -> stored.value().references();
      case Failed _ -> List.of();
    };
  }
}
