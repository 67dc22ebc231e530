package dev.deed.ownership.heirs;

import dev.deed.lineage.EstateId;
import dev.deed.ownership.heirs.Beyond.Change;
import dev.deed.ownership.heirs.HeirMessage.Part;
import dev.deed.ownership.heirs.HeirMessage.Received;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A journal in memory that does what its [DiskHeir] says.
public final class TestJournal {
  private final EstateId estate;
  private final DiskHeir heir;
  private SortedMap<Long, byte[]> kept = new TreeMap<>();
  private byte @Nullable [] head;
  private @Nullable SortedMap<Long, byte[]> open;

  public TestJournal(EstateId estate) {
    this.estate = estate;
    this.heir = new DiskHeir(estate);
  }

  /// Takes a part; gives the answer, or null for a part of an earlier feed.
  public @Nullable Received arrived(Part part) {
    DiskHeir.Step step = heir.arrived(part);
    if (step == null) {
      return null;
    }
    switch (step.begins()) {
      case NOTHING -> {}
      case CUT -> {
        if (open != null) {
          throw new AssertionError("a cut is open");
        }
        open = new TreeMap<>(kept);
      }
      case ANEW -> open = new TreeMap<>();
    }
    for (Change change : step.changes()) {
      byte[] record = change.record();
      if (open == null) {
        throw new AssertionError("a change in no cut");
      } else if (record == null) {
        open.remove(change.key());
      } else {
        open.put(change.key(), record);
      }
    }
    if (step.complete()) {
      if (open == null) {
        throw new AssertionError("no cut is open");
      }
      kept = open;
      head = heir.head();
      open = null;
    }
    return step.answer();
  }

  /// The image that would be read now; null before the first.
  public @Nullable EstateImage image() {
    return head == null ? null : DiskHeir.image(estate, head, kept);
  }
}
