package dev.deed.ownership;

import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import java.util.List;

/// A message that handed references on and has not been released.
///
/// @param to who releases it
/// @param message its number, given by the estate's creator
/// @param number of the record
record Give(WorkerId to, long message, long number, List<Reference> references) implements Logged {
  /// As what it holds.
  Cause cause() {
    return new Cause.Sent(to, message);
  }

  /// The same message, sent again to another.
  Give to(WorkerId next) {
    return new Give(next, message, number, references);
  }
}
