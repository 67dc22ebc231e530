package dev.deed.faultinjection.chaos.processes;

import static dev.deed.Deed.submit;
import static dev.deed.Deed.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Durability;
import dev.deed.MemoryReport;
import dev.deed.ObjectId;
import dev.deed.OwnerDiedException;
import dev.deed.Ref;
import dev.deed.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Owners on worker processes that are killed.
@Timeout(120)
final class OwnerDeathClusterTest {
  private static final Duration GUARD = Duration.ofSeconds(50);
  private static final int SIZE = 5 * Bytes.MIB;

  private Stage stage;
  private Stage.Door door;

  @BeforeEach
  void set() throws IOException {
    stage = new Stage();
    door = stage.door();
  }

  @AfterEach
  void end() throws IOException {
    stage.close();
  }

  private static Processes start(Durability durability) {
    return Processes.start(3, DeedConfig.defaults().durability(durability));
  }

  /// A reference that the worker owns, to a value that exists; nobody has read it.
  private Ref<Integer> owned(WorkerId owner) {
    Stage.Door log = door;
    try (Ref<Ref<Integer>> outer =
        with(o -> o.onWorker(owner))
            .submit(() ->
                submit(() -> {
                  log.say("executed");
                  return 42;
                }))) {
      Ref<Integer> inner = outer.get(GUARD);
      assertThat(Deed.await(List.of(inner), 1, GUARD).done()).hasSize(1);
      return inner;
    }
  }

  @Test
  void withoutHeirsItsObjectsAreLost() throws IOException {
    try (Processes processes = start(Durability.NONE)) {
      WorkerId owner = processes.workers().getFirst();
      try (Ref<Integer> inner = owned(owner)) {
        processes.kill(owner);
        assertThatThrownBy(() -> inner.get(GUARD)).isInstanceOf(OwnerDiedException.class);
      }
      processes.assertNothingLeft();
    }
  }

  @Test
  void anHeirServesWhatAnyoneKnewOf() throws IOException {
    try (Processes processes = start(Durability.SYNC)) {
      WorkerId owner = processes.workers().getFirst();
      try (Ref<Integer> inner = owned(owner)) {
        processes.kill(owner);
        assertThat(inner.get(GUARD)).isEqualTo(42);
        assertThat(stage.count("executed")).isEqualTo(1);
        try (Ref<Integer> next = submit(value -> value + 1, inner)) {
          assertThat(next.get(GUARD)).isEqualTo(43);
        }
      }
      processes.assertNothingLeft();
    }
  }

  @Test
  void aPutThatMustSurviveHasBeenToldToAnHeirWhenItReturns() throws IOException {
    try (Processes processes = start(Durability.ASYNC)) {
      WorkerId owner = processes.workers().getFirst();
      Stage.Door log = door;
      try (Ref<Ref<String>> ref =
          with(o -> o.onWorker(owner))
              .submit(() -> {
                Ref<String> kept = with(o -> o.durability(Durability.SYNC)).put("kept");
                log.say("put");
                return kept;
              })) {
        Ref<String> kept = ref.get(GUARD);
        processes.kill(owner);
        assertThat(kept.get(GUARD)).isEqualTo("kept");
        assertThat(stage.count("put")).isEqualTo(1);
        kept.close();
      }
      processes.assertNothingLeft();
    }
  }

  /// A worker puts X and lends it to the driver and to another worker, which reads it.
  private Ref<byte[]> lent(WorkerId owner, WorkerId holder) {
    try (Ref<List<Ref<byte[]>>> list =
        with(o -> o.onWorker(owner))
            .submit(
                () -> List.of(with(o -> o.durability(Durability.SYNC)).put(Bytes.of(17, SIZE))))) {
      Ref<byte[]> x = list.get(GUARD).getFirst();
      try (Ref<Long> kept =
          with(o -> o.onWorker(holder))
              .submit(() -> {
                Kept.keep("x", x);
                return Bytes.sum(x.get(GUARD));
              })) {
        assertThat(kept.get(GUARD)).isEqualTo(Bytes.sumOf(17, SIZE));
      }
      return x;
    }
  }

  /// Who is said to own the value, by all that know of it.
  private static List<WorkerId> owners(Processes processes, ObjectId id) {
    return processes.session().clusterMemory().references().stream()
        .filter(entry -> entry.id().equals(id))
        .map(MemoryReport.Entry::owner)
        .distinct()
        .toList();
  }

  @Test
  void rc17TheOwnerDiesAndAnHeirOwnsWhatItHad() throws IOException {
    try (Processes processes = start(Durability.ASYNC)) {
      WorkerId owner = processes.workers().get(0);
      WorkerId holder = processes.workers().get(1);
      Ref<byte[]> x = lent(owner, holder);
      ObjectId id = x.id();
      assertThat(owners(processes, id)).containsExactly(owner);
      processes.kill(owner);
      assertThat(Bytes.sum(x.get(GUARD))).isEqualTo(Bytes.sumOf(17, SIZE));
      try (Ref<Long> sum =
          with(o -> o.onWorker(holder)).submit(() -> Bytes.sum(Kept.get("x").get(GUARD)))) {
        assertThat(sum.get(GUARD)).isEqualTo(Bytes.sumOf(17, SIZE));
      }
      assertThat(owners(processes, id))
          .singleElement()
          .satisfies(heir -> assertThat(processes.workers()).contains(heir));
      x.close();
      processes.collectEverywhere();
      assertThat(processes.storedFiles()).isNotEmpty();
      try (Ref<Long> sum =
          with(o -> o.onWorker(holder))
              .submit(() -> {
                long read = Bytes.sum(Kept.get("x").get(GUARD));
                Kept.drop("x");
                return read;
              })) {
        assertThat(sum.get(GUARD)).isEqualTo(Bytes.sumOf(17, SIZE));
      }
      TestCluster.assertSoon(() -> assertThat(owners(processes, id)).isEmpty());
      processes.assertNothingLeft();
    }
  }

  @Test
  void rc17WithoutHeirsEveryHolderIsTold() throws IOException, InterruptedException {
    try (Processes processes = start(Durability.NONE)) {
      WorkerId owner = processes.workers().get(0);
      WorkerId holder = processes.workers().get(1);
      WorkerId other = processes.workers().get(2);
      Ref<byte[]> x = lent(owner, holder);
      Stage.Door gate = door;
      Ref<Integer> pending;
      try (Ref<Ref<Integer>> outer =
          with(o -> o.onWorker(owner))
              .submit(() ->
                  with(o -> o.onWorker(other))
                      .submit(() -> {
                        gate.pass("pending");
                        return 1;
                      }))) {
        pending = outer.get(GUARD);
      }
      stage.await("pending");
      Ref<Integer> waiting =
          with(o -> o.onWorker(holder))
              .submit(() -> {
                gate.say("waiting");
                return pending.get(GUARD);
              });
      stage.await("waiting");
      FutureTask<Integer> here = new FutureTask<>(() -> pending.get(GUARD));
      Thread.startVirtualThread(here);
      long killedNs = System.nanoTime();
      processes.kill(owner);
      assertThatThrownBy(() -> here.get(GUARD.toSeconds(), TimeUnit.SECONDS))
          .hasCauseInstanceOf(OwnerDiedException.class);
      assertThatThrownBy(() -> x.get(GUARD)).isInstanceOf(OwnerDiedException.class);
      assertThatThrownBy(() -> waiting.get(GUARD)).hasRootCauseInstanceOf(OwnerDiedException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - killedNs)).isLessThan(Duration.ofSeconds(5));
      TestCluster.assertSoon(() -> assertThat(processes.storedFiles()).isEmpty());
      try (Ref<Boolean> lost =
          with(o -> o.onWorker(holder))
              .submit(() -> {
                try {
                  Kept.get("x").get(GUARD);
                  return false;
                } catch (OwnerDiedException died) {
                  return true;
                } finally {
                  Kept.drop("x");
                }
              })) {
        assertThat(lost.get(GUARD)).isTrue();
      }
      x.close();
      pending.close();
      waiting.close();
      processes.assertNothingLeft();
    }
  }

  /// A task whose argument is not there yet, called by a worker that dies.
  @ParameterizedTest
  @EnumSource(names = {"NONE", "SYNC"})
  void ac08TheOwnerOfATaskThatWaitsDies(Durability durability)
      throws IOException, InterruptedException {
    try (Processes processes = start(durability)) {
      WorkerId owner = processes.workers().get(0);
      WorkerId other = processes.workers().get(1);
      Stage.Door log = door;
      Ref<Integer> unready =
          with(o -> o.onWorker(other))
              .submit(() -> {
                log.pass("unready");
                return 1;
              });
      Ref<Integer> k;
      try (Ref<Ref<Integer>> outer =
          with(o -> o.onWorker(owner))
              .submit(() ->
                  submit(
                      value -> {
                        log.say("k");
                        return value + 1;
                      },
                      unready))) {
        k = outer.get(GUARD);
      }
      stage.await("unready");
      processes.kill(owner);
      if (durability == Durability.NONE) {
        assertThatThrownBy(() -> k.get(GUARD)).isInstanceOf(OwnerDiedException.class);
      }
      stage.open("unready");
      assertThat(unready.get(GUARD)).isEqualTo(1);
      if (durability == Durability.SYNC) {
        assertThat(k.get(GUARD)).isEqualTo(2);
      }
      k.close();
      unready.close();
      processes.assertNothingLeft();
      assertThat(stage.count("k")).isEqualTo(durability == Durability.SYNC ? 1 : 0);
    }
  }

  @Test
  void aParentThatIsExecutedAgainFindsItsChildren() throws IOException, InterruptedException {
    try (Processes processes = start(Durability.SYNC)) {
      WorkerId first = processes.workers().getFirst();
      Stage.Door log = door;
      int children = 5;
      try (Ref<Integer> sum =
          with(o -> o.name("parent"))
              .submit(() -> {
                List<Ref<Integer>> refs = new ArrayList<>();
                for (int i = 0; i < children; i++) {
                  int number = i;
                  refs.add(
                      submit(() -> {
                        log.say("child");
                        return number;
                      }));
                }
                int total = 0;
                for (Ref<Integer> ref : refs) {
                  total += ref.get(GUARD);
                }
                log.say("parent at " + Deed.context().worker());
                log.pass("go");
                return total;
              })) {
        stage.await("go");
        String place = stage.after("parent at ").getFirst();
        WorkerId owner =
            processes.workers().stream()
                .filter(worker -> worker.toString().equals(place))
                .findFirst()
                .orElseThrow();
        assertThat(processes.workers()).contains(first);
        processes.kill(owner);
        stage.await("go", 2);
        stage.open("go");
        assertThat(sum.get(GUARD)).isEqualTo(children * (children - 1) / 2);
        assertThat(stage.count("child")).isEqualTo(children);
      }
      processes.assertNothingLeft();
    }
  }
}
