package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The estates that this worker serves: its own, and those that it has inherited.
final class Estates {
  final Estate own;
  private final Map<EstateId, Estate> inherited = new LinkedHashMap<>();

  Estates(Estate own) {
    this.own = own;
  }

  /// The estate, if it is served here.
  @Nullable Estate of(EstateId id) {
    return id.equals(own.id) ? own : inherited.isEmpty() ? null : inherited.get(id);
  }

  /// Whether the reference's estate is served here.
  boolean serve(Reference reference) {
    return of(reference.estate()) != null;
  }

  /// This worker serves it from here on.
  void inherit(Estate estate) {
    inherited.put(estate.id, estate);
  }

  /// Nothing is left in it.
  void remove(EstateId id) {
    inherited.remove(id);
  }

  /// Those that were another worker's.
  Collection<Estate> inherited() {
    return inherited.values();
  }

  /// A copy, the own one first.
  List<Estate> all() {
    List<Estate> all = new ArrayList<>(1 + inherited.size());
    all.add(own);
    all.addAll(inherited.values());
    return all;
  }
}
