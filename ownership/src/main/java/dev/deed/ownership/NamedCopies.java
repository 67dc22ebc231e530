package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which stored values the records of an estate name, as of a cut of its record log. Not
/// thread-safe.
public final class NamedCopies {
  /// What a cut has changed.
  ///
  /// @param named stored values of records that it made or changed
  /// @param dropped copies that no record names any more
  public record Cut(List<StoredObject> named, Set<CopyName> dropped) {
    /// Whether it has changed nothing.
    public boolean isEmpty() {
      return named.isEmpty() && dropped.isEmpty();
    }
  }

  /// Stands for all records of an image that was read; the key of none.
  private static final long OF_IMAGE = -1;

  private final EstateId estate;
  private final Map<Long, List<CopyName>> kept = new HashMap<>();
  private final Map<Long, List<StoredObject>> open = new LinkedHashMap<>();
  private boolean anew;

  /// Of an estate without records.
  public NamedCopies(EstateId estate) {
    this.estate = estate;
  }

  /// Learns what the image names that was read, until the first cut from nothing.
  public void restored(List<StoredObject> named) {
    kept.put(OF_IMAGE, copies(named));
  }

  /// Begins a cut; one that is open is given up.
  ///
  /// @param fromNothing whether there are no records at its beginning
  public void begin(boolean fromNothing) {
    open.clear();
    anew = fromNothing;
  }

  /// In the open cut: a record is this one, or is gone. Throws
  /// [dev.deed.lineage.wire.MalformedException] for one that no server wrote.
  public void change(long key, byte @Nullable [] record) {
    List<StoredObject> named = record == null ? List.of() : StoredObject.of(estate, record);
    if (named.isEmpty() && !kept.containsKey(key)) {
      open.remove(key);
    } else {
      open.put(key, named);
    }
  }

  /// Ends the cut.
  public Cut end() {
    List<StoredObject> named = new ArrayList<>();
    Set<CopyName> dropped = new LinkedHashSet<>();
    if (anew) {
      kept.values().forEach(dropped::addAll);
      kept.clear();
    } else {
      open.keySet().forEach(key -> dropped.addAll(kept.getOrDefault(key, List.of())));
    }
    open.forEach((key, objects) -> {
      List<CopyName> names = copies(objects);
      if (names.isEmpty()) {
        kept.remove(key);
      } else {
        kept.put(key, names);
      }
      named.addAll(objects);
      names.forEach(dropped::remove);
    });
    open.clear();
    return new Cut(named, dropped);
  }

  private static List<CopyName> copies(Collection<StoredObject> objects) {
    return objects.stream().map(StoredObject::copy).toList();
  }
}
