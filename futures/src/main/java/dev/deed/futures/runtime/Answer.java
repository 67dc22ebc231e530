package dev.deed.futures.runtime;

import dev.deed.lineage.Reference;
import dev.deed.ownership.Outcome;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// What a [Waiter] is told.
sealed interface Answer {

  /// The object of a get is done.
  record Got(long request, Reference reference, Outcome outcome) implements Answer {}

  /// A wait for several references is over; `done` has their positions in its list.
  record Awaited(BitSet done) implements Answer {}

  /// Room in the store was wanted.
  record Reserved(boolean granted) implements Answer {}

  /// There will be no answer: the session was closed, or, with a `defect`, the worker broke down.
  record Stopped(@Nullable Throwable defect) implements Answer {}
}
