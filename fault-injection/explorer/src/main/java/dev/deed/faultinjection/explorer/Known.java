package dev.deed.faultinjection.explorer;

import dev.deed.lineage.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the servers of estates that were another's have known of them, by number. Nobody can be
/// asked for more: what the dead server had beside it is lost.
final class Known {
  /// Objects of one estate.
  ///
  /// @param kept those whose records have outlived the server before
  /// @param all these, and those that have become known since
  record Objects(Set<ObjectId> kept, Set<ObjectId> all) {}

  private final List<Objects> byNumber = new ArrayList<>();
  private final Map<Objects, Integer> numbers = new HashMap<>();

  Known() {
    // The number 0 is for estates that have never passed to another server.
    byNumber.add(new Objects(Set.of(), Set.of()));
  }

  Objects get(int number) {
    return byNumber.get(number);
  }

  /// A server begins with these.
  int kept(Set<ObjectId> objects) {
    Set<ObjectId> copy = Set.copyOf(objects);
    return number(new Objects(copy, copy));
  }

  /// A server has these by now.
  int with(int number, Set<ObjectId> now) {
    Objects before = get(number);
    if (before.all.containsAll(now)) {
      return number;
    }
    Set<ObjectId> all = new HashSet<>(before.all);
    all.addAll(now);
    return number(new Objects(before.kept, Set.copyOf(all)));
  }

  private int number(Objects objects) {
    Integer known = numbers.get(objects);
    if (known == null) {
      known = byNumber.size();
      byNumber.add(objects);
      numbers.put(objects, known);
    }
    return known;
  }
}
