package dev.deed.faultinjection.chaos.processes;

import static dev.deed.Deed.put;
import static dev.deed.Deed.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.deed.MemoryReport;
import dev.deed.ObjectId;
import dev.deed.Ref;
import dev.deed.WorkerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// RC-20: a drawn program on worker processes, one of which is killed on the way, against a model
/// that says which values must exist. `-Ddeed.test.seed=N` repeats a run.
@Timeout(120)
final class ChurnClusterTest {
  private static final int STEPS = 1_500;
  private static final int CHECK_EVERY = 150;
  private static final Duration GUARD = Duration.ofSeconds(60);

  /// Inline, and stored.
  private static final int[] SIZES = {Bytes.KIB, 100 * Bytes.KIB};

  /// A value that the driver has put: its bytes' seed and size, or the values within it.
  private record Value(ObjectId id, long seed, int size, List<Value> inner) {}

  private final Random random;
  private final long seed;
  private final Processes processes;
  private final List<Map.Entry<Ref<?>, Value>> mine = new ArrayList<>();
  private final Map<WorkerId, Map<String, Value>> kept = new HashMap<>();
  private int names;

  ChurnClusterTest() {
    seed = Long.getLong("deed.test.seed", System.nanoTime());
    random = new Random(seed);
    processes = Processes.start(3);
    processes.workers().forEach(this::keptAt);
  }

  @Test
  void rc20ChurnWithAnExactBalance() {
    System.out.println("deed.test.seed=" + seed);
    int killAt = STEPS / 4 + random.nextInt(STEPS / 2);
    try (processes) {
      for (int step = 1; step <= STEPS; step++) {
        if (step == killAt) {
          kill();
        }
        step();
        if (step % CHECK_EVERY == 0) {
          check();
        }
      }
      mine.forEach(entry -> entry.getKey().close());
      mine.clear();
      for (WorkerId worker : processes.workers()) {
        for (String name : List.copyOf(keptAt(worker).keySet())) {
          drop(worker, name);
        }
      }
      check();
      processes.assertNothingLeft();
    }
  }

  private Map<String, Value> keptAt(WorkerId worker) {
    return kept.computeIfAbsent(worker, _ -> new LinkedHashMap<>());
  }

  private void step() {
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> putBytes();
      case 3 -> putList();
      case 4 -> keep();
      case 5 -> passOn();
      case 6 -> readThere();
      case 7 -> dropKept();
      default -> dropMine();
    }
  }

  private void putBytes() {
    long content = random.nextLong();
    int size = SIZES[random.nextInt(SIZES.length)];
    Ref<byte[]> ref = put(Bytes.of(content, size));
    mine.add(Map.entry(ref, new Value(ref.id(), content, size, List.of())));
  }

  private void putList() {
    List<Ref<?>> refs = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < 3 && !mine.isEmpty(); i++) {
      Map.Entry<Ref<?>, Value> one = mine.get(random.nextInt(mine.size()));
      refs.add(one.getKey());
      values.add(one.getValue());
    }
    Ref<List<Ref<?>>> ref = put(refs);
    mine.add(Map.entry(ref, new Value(ref.id(), 0, 0, values)));
  }

  private WorkerId anyWorker() {
    List<WorkerId> workers = processes.workers();
    return workers.get(random.nextInt(workers.size()));
  }

  private static void at(WorkerId worker, dev.deed.Action action) {
    try (Ref<@Nullable Void> done = with(o -> o.onWorker(worker)).run(action)) {
      done.get(GUARD);
    }
  }

  private void keep() {
    if (!mine.isEmpty()) {
      Map.Entry<Ref<?>, Value> one = mine.get(random.nextInt(mine.size()));
      WorkerId worker = anyWorker();
      String name = "k" + names++;
      Ref<?> ref = one.getKey();
      at(worker, () -> Kept.keep(name, ref));
      keptAt(worker).put(name, one.getValue());
    }
  }

  private @Nullable String anyKept(WorkerId worker) {
    List<String> all = List.copyOf(keptAt(worker).keySet());
    return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
  }

  /// A worker hands what it keeps to another, which the driver learns nothing of.
  private void passOn() {
    WorkerId from = anyWorker();
    String name = anyKept(from);
    if (name != null) {
      WorkerId to = anyWorker();
      String copy = "k" + names++;
      at(
          from,
          () -> {
            Ref<?> ref = Kept.get(name);
            at(to, () -> Kept.keep(copy, ref));
          });
      keptAt(to).put(copy, keptAt(from).get(name));
    }
  }

  private void readThere() {
    WorkerId worker = anyWorker();
    String name = anyKept(worker);
    if (name == null) {
      return;
    }
    Value value = keptAt(worker).get(name);
    if (value != null && value.size > 0) {
      try (Ref<Long> sum =
          with(o -> o.onWorker(worker)).submit(() -> Bytes.sum(Kept.get(name).get()))) {
        assertThat(sum.get(GUARD)).isEqualTo(Bytes.sumOf(value.seed, value.size));
      }
    }
  }

  private void dropKept() {
    WorkerId worker = anyWorker();
    String name = anyKept(worker);
    if (name != null) {
      drop(worker, name);
    }
  }

  private void drop(WorkerId worker, String name) {
    at(worker, () -> Kept.drop(name));
    keptAt(worker).remove(name);
  }

  private void dropMine() {
    if (!mine.isEmpty()) {
      mine.remove(random.nextInt(mine.size())).getKey().close();
    }
  }

  private void kill() {
    WorkerId victim = anyWorker();
    processes.kill(victim);
    kept.remove(victim);
    processes.refill(3);
    processes.workers().forEach(this::keptAt);
  }

  private static void reach(Value value, Set<ObjectId> into) {
    if (into.add(value.id)) {
      value.inner.forEach(inner -> reach(inner, into));
    }
  }

  private void check() {
    Set<ObjectId> expected = new HashSet<>();
    mine.forEach(entry -> reach(entry.getValue(), expected));
    kept.values().forEach(all -> all.values().forEach(value -> reach(value, expected)));
    processes.collectEverywhere();
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> {
          Set<ObjectId> existing =
              processes.session().memory().references().stream()
                  .map(MemoryReport.Entry::id)
                  .collect(Collectors.toSet());
          assertThat(existing).isEqualTo(expected);
        });
  }
}
