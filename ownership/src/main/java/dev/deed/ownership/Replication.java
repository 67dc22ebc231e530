package dev.deed.ownership;

import dev.deed.lineage.WorkerId;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How far a put with several copies is that it has them.
final class Replication {
  /// So many copies are to be kept.
  final int wanted;

  /// Whether there were once as many as wanted, or as there could be: readers may have the value.
  boolean made;

  /// Whether an earlier server began it: then it may have been made without this one's knowing.
  final boolean inherited;

  /// Workers that keep a copy until they are told to free it.
  final Set<WorkerId> kept = new LinkedHashSet<>();

  /// Who is making a copy; null while nobody is.
  @Nullable WorkerId asked;

  /// Workers that had no room when they were asked.
  final Set<WorkerId> full = new LinkedHashSet<>();

  /// Workers that could not get the bytes; asked again after a pause.
  final Set<WorkerId> failed = new LinkedHashSet<>();

  /// Pauses that there have been, and whether there is one now.
  int pauses;

  boolean paused;

  /// Whether it is to be looked at in a later step.
  boolean looking;

  private Replication(int wanted, boolean made, boolean inherited) {
    this.wanted = wanted;
    this.made = made;
    this.inherited = inherited;
  }

  /// Of a value that has just been put.
  static Replication begun(int wanted) {
    return new Replication(wanted, false, false);
  }

  /// Of one that another server had begun. Who keeps copies is said by the roll call.
  static Replication inherited(int wanted, boolean made) {
    return new Replication(wanted, made, true);
  }

  /// Of the same value in another copy, which nobody has been asked for yet.
  Replication ofAnotherCopy() {
    return new Replication(wanted, made, inherited);
  }
}
