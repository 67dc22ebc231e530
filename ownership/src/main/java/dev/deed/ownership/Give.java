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
  /// As what it holds. It goes by the number of the record: the message's may be another's too,
  /// that was given to the same worker by the creator of another estate which is served here.
  Cause cause() {
    return new Cause.Sent(to, number);
  }

  /// The same message, sent again to another.
  Give to(WorkerId next) {
    return new Give(next, message, number, references);
  }
}
