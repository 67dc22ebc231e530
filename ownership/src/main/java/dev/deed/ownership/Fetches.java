package dev.deed.ownership;

import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Brings stored values into this worker's store, each once, however many need it.
final class Fetches {
  /*
   * State: for each copy under way, its fetch and those who need it; for each reference whose copy could
   * not be had, or of whose value nothing was known, those who wait for better news.
   * Failure: holders that are of no use are named to the owner, after a pause that doubles from fetch to
   * fetch; the owner answers with other holders, or after the value has been made again.
   */
  private static final long FIRST_PAUSE_NS = 5_000_000L;
  private static final long LONGEST_PAUSE_NS = 1_000_000_000L;

  /// Somebody who needs the bytes.
  interface Need {
    /// The copy is in the store and pinned for this need.
    void have(StoreIndex.Copy copy);

    /// There is no copy, but this: a small value after all, or a failure.
    void instead(Outcome outcome);

    /// Whether it is still needed.
    boolean wanted();
  }

  private static final class Fetch {
    final Reference reference;
    final StoredValue value;
    final List<WorkerId> holders;
    final List<Need> needs = new ArrayList<>(1);

    /// Its number at the store, and the holders that it may come from; none before it has begun.
    long number;

    List<WorkerId> sources = List.of();

    /// Whether the copy is one that the owner has asked for: it is kept until it is freed.
    boolean kept;

    Fetch(Reference reference, StoredValue value, List<WorkerId> holders) {
      this.reference = reference;
      this.value = value;
      this.holders = holders;
    }
  }

  /// Those who wait until there is something to be fetched, or to be fetched again.
  private static final class Stuck {
    final List<Need> needs = new ArrayList<>(1);
    long pauseNs = FIRST_PAUSE_NS;
    boolean asked;
  }

  private final CoreContext context;
  private final StoreIndex store;
  private final Streams streams;
  private final Map<CopyName, Fetch> underway = new LinkedHashMap<>();
  private final LongTable<Fetch> numbered = new LongTable<>();
  private final Map<Reference, Stuck> stuck = new LinkedHashMap<>();
  private @Nullable Values values;
  private @Nullable Locations locations;

  Fetches(CoreContext context, StoreIndex store, Streams streams) {
    this.context = context;
    this.store = store;
    this.streams = streams;
  }

  void connect(Values toValues, Locations toLocations) {
    values = toValues;
    locations = toLocations;
  }

  /// Serves a need of the value that `stored` describes.
  void need(Reference reference, Outcome.Stored stored, Need need) {
    CopyName name = CopyName.of(reference, stored.value());
    StoreIndex.Copy copy = store.find(name);
    if (copy != null) {
      store.pin(copy);
      need.have(copy);
      return;
    }
    Fetch fetch = underway.get(name);
    if (fetch != null) {
      fetch.needs.add(need);
      return;
    }
    Fetch started = new Fetch(reference, stored.value(), stored.holders());
    started.needs.add(need);
    underway.put(name, started);
    store.reserveInTurn(
        stored.value().size(), () -> start(name, started), () -> noRoom(name, started));
  }

  /// Gets a copy, if there is room at once, and keeps it until it is freed. Its owner is told.
  void keep(Reference reference, Outcome.Stored stored) {
    StoredValue value = stored.value();
    CopyName name = CopyName.of(reference, value);
    if (context.log.closed(reference.estate())) {
      return;
    }
    StoreIndex.Copy copy = store.find(name);
    Fetch fetch = underway.get(name);
    if (copy != null) {
      copy.primary = true;
      located(reference, value, true);
    } else if (fetch != null) {
      fetch.kept = true;
    } else if (store.reserve(value.size())) {
      Fetch started = new Fetch(reference, value, stored.holders());
      started.kept = true;
      underway.put(name, started);
      start(name, started);
    } else {
      decline(name, true);
    }
  }

  private void located(Reference reference, StoredValue value, boolean primary) {
    if (context.serves(reference)) {
      locations().located(context.id, reference, value, primary);
    } else {
      streams.send(
          reference.estate(),
          new Message.EstateMessage.Located(reference.object(), value, primary));
    }
  }

  private void decline(CopyName name, boolean full) {
    streams.send(
        name.reference().estate(),
        new Message.EstateMessage.Declined(
            name.reference().object(), name.edition(), name.writer(), full));
  }

  /// Serves a need of a value of which no more is known than its reference: its owner is asked.
  void seek(Reference reference, Need need) {
    switch (values().known(reference)) {
      case Outcome.Stored stored -> need(reference, stored, need);
      case Outcome.Inline inline -> need.instead(inline);
      case Outcome.Failed failed -> need.instead(failed);
      case null -> {
        Stuck waiting = stuck.computeIfAbsent(reference, _ -> new Stuck());
        waiting.needs.add(need);
        if (!waiting.asked) {
          waiting.asked = true;
          values().await(reference, new Waiter.OfFetch(reference));
        }
      }
    }
  }

  private void start(CopyName name, Fetch fetch) {
    fetch.needs.removeIf(need -> !need.wanted());
    if (fetch.needs.isEmpty() && !fetch.kept) {
      underway.remove(name);
      store.unreserve(fetch.value.size());
      unstick(fetch.reference);
      return;
    }
    long number = context.nextNumber();
    numbered.put(number, fetch);
    List<WorkerId> others = new ArrayList<>(fetch.holders);
    others.removeIf(holder -> holder.equals(context.id) || context.log.dead(holder));
    fetch.number = number;
    fetch.sources = others;
    context.effects.fetch(number, name, fetch.value.size(), fetch.value.digest(), others);
  }

  private void noRoom(CopyName name, Fetch fetch) {
    underway.remove(name);
    unstick(fetch.reference);
    if (fetch.kept) {
      decline(name, true);
    }
    Outcome failed =
        new Outcome.Failed(
            Failure.of(
                Failure.Kind.OUT_OF_STORAGE,
                "no room for "
                    + fetch.value.size()
                    + " bytes of "
                    + fetch.reference.object()
                    + " in the store of "
                    + context.id.brief()
                    + " ("
                    + context.config.storeBytes()
                    + " bytes, "
                    + store.used()
                    + " used); raise storeBytes or drop references"));
    fetch.needs.forEach(need -> need.instead(failed));
  }

  /// A fetch has ended.
  void fetched(long number, boolean ok) {
    Fetch fetch = numbered.remove(number);
    if (fetch == null) {
      return;
    }
    CopyName name = CopyName.of(fetch.reference, fetch.value);
    underway.remove(name);
    if (ok) {
      arrived(fetch);
      return;
    }
    store.unreserve(fetch.value.size());
    if (fetch.kept) {
      decline(name, false);
    }
    fetch.needs.removeIf(need -> !need.wanted());
    if (fetch.needs.isEmpty()) {
      unstick(fetch.reference);
      return;
    }
    Stuck waiting = stuck.computeIfAbsent(fetch.reference, _ -> new Stuck());
    waiting.needs.addAll(fetch.needs);
    if (!waiting.asked) {
      waiting.asked = true;
      context.at(context.now() + waiting.pauseNs, new Due.RefetchDue(fetch.reference, name));
      waiting.pauseNs = Math.min(2 * waiting.pauseNs, LONGEST_PAUSE_NS);
    }
  }

  /// Forgets the troubles of a reference for which nobody waits any more.
  private void unstick(Reference reference) {
    Stuck waiting = stuck.get(reference);
    if (waiting != null && waiting.needs.isEmpty()) {
      stuck.remove(reference);
    }
  }

  private void arrived(Fetch fetch) {
    unstick(fetch.reference);
    StoreIndex.Copy copy = store.sealed(fetch.reference, fetch.value, fetch.kept);
    if (context.log.closed(fetch.reference.estate())) {
      // It comes too late: nobody holds any more what stands inside it.
      store.free(copy.name);
      Outcome died = values().ownerDied(fetch.reference);
      for (Need need : fetch.needs) {
        if (need.wanted()) {
          need.instead(died);
        }
      }
      return;
    }
    if (context.serves(fetch.reference) && !locations().isCurrent(copy.name)) {
      // The value was lost meanwhile and is made again: what stood inside this one is not held.
      store.free(copy.name);
      for (Need need : fetch.needs) {
        if (need.wanted()) {
          seek(fetch.reference, need);
        }
      }
      return;
    }
    store.pin(copy);
    located(fetch.reference, fetch.value, fetch.kept);
    for (Need need : fetch.needs) {
      if (need.wanted()) {
        store.pin(copy);
        need.have(copy);
      }
    }
    store.unpin(copy);
  }

  /// The pause after a failed fetch is over: the owner is told, and asked for other holders.
  void again(Reference reference, CopyName useless) {
    Stuck waiting = stuck.get(reference);
    if (waiting == null) {
      return;
    }
    waiting.needs.removeIf(need -> !need.wanted());
    if (waiting.needs.isEmpty()) {
      stuck.remove(reference);
    } else {
      values().useless(reference, useless, new Waiter.OfFetch(reference));
    }
  }

  /// There is news of a value that could not be fetched.
  void news(Reference reference, Outcome outcome) {
    Stuck waiting = stuck.get(reference);
    if (waiting == null) {
      return;
    }
    waiting.asked = false;
    List<Need> needs = List.copyOf(waiting.needs);
    waiting.needs.clear();
    if (!(outcome instanceof Outcome.Stored)) {
      stuck.remove(reference);
    }
    for (Need need : needs) {
      if (!need.wanted()) {
        continue;
      }
      if (outcome instanceof Outcome.Stored stored) {
        need(reference, stored, need);
      } else {
        need.instead(outcome);
      }
    }
    if (outcome instanceof Outcome.Stored(StoredValue value, _)
        && !underway.containsKey(CopyName.of(reference, value))) {
      unstick(reference);
    }
  }

  /// A secondary copy had to make room.
  void evicted(CopyName name) {
    Reference reference = name.reference();
    if (context.serves(reference)) {
      locations().unlocated(context.id, name);
    } else {
      streams.send(
          reference.estate(),
          new Message.EstateMessage.Unlocated(reference.object(), name.edition(), name.writer()));
    }
  }

  /// Estates may have been closed: copies of their values serve nobody any more.
  void freeClosed() {
    for (StoreIndex.Copy copy : List.copyOf(store.copies())) {
      if (context.log.closed(copy.name.reference().estate())) {
        store.free(copy.name);
      }
    }
  }

  /// Fetches under way whose bytes may come from `holder`.
  Set<Long> from(WorkerId holder) {
    Set<Long> from = new LinkedHashSet<>();
    for (Fetch fetch : underway.values()) {
      if (fetch.sources.contains(holder)) {
        from.add(fetch.number);
      }
    }
    return from;
  }

  /// Whether a fetch has not ended.
  boolean underWay(long number) {
    return numbered.get(number) != null;
  }

  /// Fetches under way, and references that wait to be fetched again.
  int open() {
    return underway.size() + stuck.size();
  }

  private Values values() {
    return Invariants.present(values, "values");
  }

  private Locations locations() {
    return Invariants.present(locations, "locations");
  }
}
