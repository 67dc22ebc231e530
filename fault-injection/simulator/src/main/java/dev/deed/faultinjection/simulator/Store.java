package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Draws.Dice;
import dev.deed.faultinjection.simulator.Draws.Purpose;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Event;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A worker's store: the copies that it has, without their bytes, and the fetches that are bringing
/// more. Bytes follow from the name of the object (see [Values]), so size and digest stand for
/// them.
final class Store {
  /// What is known of a copy.
  record Copy(long size, long digest) {}

  private final Node node;
  private final World world;
  private final Dice dice;
  private final Map<CopyName, Copy> copies = new LinkedHashMap<>();
  private final Map<CopyName, Long> fetching = new LinkedHashMap<>();
  private final Map<CopyName, Integer> readers = new LinkedHashMap<>();
  private long bytes;

  Store(Node node) {
    this.node = node;
    this.world = node.world;
    this.dice = world.draws.dice(Purpose.FETCH, node.index);
  }

  /// Bytes of all copies.
  long bytes() {
    return bytes;
  }

  /// The copies by name; not to be changed.
  Map<CopyName, Copy> copies() {
    return copies;
  }

  Optional<Copy> copy(CopyName name) {
    return Optional.ofNullable(copies.get(name));
  }

  /// User code has written a value.
  void write(Reference reference, StoredValue value) {
    add(CopyName.of(reference, value), new Copy(value.size(), value.digest()));
  }

  private void add(CopyName name, Copy copy) {
    if (copies.put(name, copy) == null) {
      bytes += copy.size;
    }
    world.checks.stored(node, name);
  }

  /// User code has the bytes in its hands; to be ended by [#closed].
  void opened(CopyName name) {
    readers.merge(name, 1, Integer::sum);
  }

  void closed(CopyName name) {
    readers.computeIfPresent(name, (_, count) -> count == 1 ? null : count - 1);
  }

  void delete(CopyName name) {
    fetching.remove(name);
    Copy copy = copies.remove(name);
    if (copy != null) {
      bytes -= copy.size;
      world.checks.deleted(node, name, readers.containsKey(name));
    }
  }

  /// Brings a copy from one of the holders, one after the other.
  void fetch(long fetch, CopyName name, long size, long digest, List<WorkerId> holders) {
    if (copies.containsKey(name) || fetching.putIfAbsent(name, fetch) != null) {
      throw new ViolationException("core", node + " fetches " + name + " which it has");
    }
    long transfer = size; // 1 GB/s
    node.after(
        dice.delay(100_000, 1_000_000, 50_000_000) + transfer,
        () -> leave(fetch, name, new Copy(size, digest), holders));
  }

  /// The last bytes leave a holder, if there is one that has them. What has left arrives, whatever
  /// becomes of the holder meanwhile.
  private void leave(long fetch, CopyName name, Copy wanted, List<WorkerId> holders) {
    if (!underWay(fetch, name)) {
      return;
    }
    for (WorkerId id : holders) {
      Node holder = world.node(id);
      if (holder != node && serves(holder) && wanted.equals(holder.store.copies.get(name))) {
        long onItsWay = dice.chance(50) ? dice.between(0, 500_000_000) : dice.between(0, 100_000);
        node.after(onItsWay, () -> arrive(fetch, name, wanted, holder));
        return;
      }
    }
    fetching.remove(name);
    world.marks.hit(Marks.Mark.FETCH_FAILED);
    node.publish(new Event.Fetched(fetch, false));
  }

  private void arrive(long fetch, CopyName name, Copy copy, Node holder) {
    if (underWay(fetch, name)) {
      if (holder.gone()) {
        world.marks.hit(Marks.Mark.FETCHED_FROM_THE_DEAD);
      }
      fetching.remove(name);
      add(name, copy);
      node.publish(new Event.Fetched(fetch, true));
    }
  }

  private boolean underWay(long fetch, CopyName name) {
    Long current = fetching.get(name);
    return current != null && current == fetch;
  }

  private boolean serves(Node holder) {
    return !holder.gone()
        && !holder.paused()
        && !holder.muted()
        && !node.muted()
        && !world.links.isCut(holder, node)
        && !world.links.isCut(node, holder);
  }

  void wipe() {
    copies.clear();
    fetching.clear();
    readers.clear();
    bytes = 0;
  }

  boolean quiet() {
    return fetching.isEmpty();
  }
}
