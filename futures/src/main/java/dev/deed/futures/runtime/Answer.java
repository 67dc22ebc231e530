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

  /// There will be no answer.
  ///
  /// @param why what kind of end it was
  /// @param cause what led to it, where something was thrown
  record Stopped(Why why, String reason, @Nullable Throwable cause) implements Answer {
    /// What ended it.
    enum Why {
      /// Its user closed the session.
      CLOSED,
      /// The worker broke down, or is in no cluster any more.
      UNAVAILABLE,
      /// The program is not the one that the job was begun with.
      OTHER_MAIN
    }

    /// The session was closed.
    static Stopped session() {
      return new Stopped(
          Why.CLOSED, "the session is closed: open another one by Deed.local()", null);
    }

    /// The worker broke down.
    static Stopped defect(Throwable defect) {
      return new Stopped(
          Why.UNAVAILABLE,
          "this worker has stopped because of a defect of Deed: " + defect,
          defect);
    }

    /// The worker may not go on, for this reason.
    static Stopped because(RuntimeException cause) {
      return new Stopped(Why.UNAVAILABLE, String.valueOf(cause.getMessage()), cause);
    }

    /// The worker is no member of a cluster any more.
    static Stopped outOfCluster(String reason) {
      return new Stopped(Why.UNAVAILABLE, reason, null);
    }

    /// Main does something else than an earlier run of its job.
    static Stopped otherMain(String reason) {
      return new Stopped(Why.OTHER_MAIN, reason, null);
    }
  }
}
