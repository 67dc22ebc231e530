package dev.deed.ownership;

import dev.deed.lineage.Reference;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a worker keeps for one reference of a foreign estate (protocol.md §6).
final class Borrowed extends Awaited {
  final Reference reference;
  final Causes causes = new Causes();

  /// What the last registration in the stream said, [Hold#NONE] before the first.
  private Hold registered = Hold.NONE;

  /// Number of that registration in the stream to the estate.
  private long registration;

  /// Whether a cause has gone since it was last looked at.
  boolean dropped;

  /// The batch with which the heirs know why the last cause has gone.
  long givenUp;

  /// Whether it will be looked at when they do.
  boolean waitsForHeirs;

  /// Messages that brought it and have not been released.
  final Set<Receipt> receipts = new LinkedHashSet<>(2);

  /// References to values in which it was read: they cover it.
  private @Nullable Set<Borrowed> outers;

  /// References that were read in its value and are covered by it.
  private @Nullable Set<Borrowed> inners;

  /// What the owner last answered; null before, and when it proved useless.
  @Nullable Outcome outcome;

  /// Number of the question to the owner that has not been answered; 0 when there is none.
  long asking;

  Borrowed(Reference reference) {
    this.reference = reference;
  }

  Hold registered() {
    return registered;
  }

  long registration() {
    return registration;
  }

  /// The owner is told of this hold in message `number` of the stream to its estate.
  void register(Hold hold, long number) {
    registered = hold;
    registration = number;
    if (hold == Hold.LINEAGE) {
      // It may give the value up from here on, and what is in it.
      outcome = null;
    }
  }

  Set<Borrowed> outers() {
    return outers == null ? Set.of() : outers;
  }

  Set<Borrowed> inners() {
    return inners == null ? Set.of() : inners;
  }

  /// `outer` covers this from now on.
  void coverBy(Borrowed outer) {
    if (outers == null) {
      outers = new LinkedHashSet<>(2);
    }
    if (outers.add(outer)) {
      if (outer.inners == null) {
        outer.inners = new LinkedHashSet<>();
      }
      outer.inners.add(this);
    }
  }

  /// `outer` covers this no longer.
  void uncover(Borrowed outer) {
    if (outers != null && outers.remove(outer) && outer.inners != null) {
      outer.inners.remove(this);
    }
  }
}
