package dev.deed.faultinjection.chaos.processes;

import static dev.deed.Deed.put;
import static dev.deed.Deed.submit;
import static dev.deed.Deed.with;
import static dev.deed.faultinjection.chaos.processes.Bytes.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.Deed;
import dev.deed.ObjectId;
import dev.deed.Ref;
import dev.deed.ResourcesUnavailableException;
import dev.deed.TaskCancelledException;
import dev.deed.TaskFailedException;
import dev.deed.WorkerId;
import dev.deed.WorkerLostException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The scenarios of reference counting on three worker processes, by their numbers. What a scenario
/// has an actor keep, a worker keeps in [Kept]. Those that delay single messages (RC-13, RC-14) are
/// in [HeldLinksChaosTest]; those of one process (RC-01, RC-03) are played in simulation and on the
/// embedded runtime.
@Timeout(60)
final class ReferenceCountingClusterTest {
  private static final int SIZE = 20 * MIB;

  private static Processes processes;

  private Stage stage;
  private Stage.Door door;
  private WorkerId a;
  private WorkerId b;
  private WorkerId c;

  @BeforeAll
  static void start() {
    processes = Processes.start(3);
  }

  @AfterAll
  static void end() {
    processes.close();
  }

  @BeforeEach
  void set() throws IOException {
    processes.refill(3);
    stage = new Stage();
    door = stage.door();
    a = processes.workers().get(0);
    b = processes.workers().get(1);
    c = processes.workers().get(2);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    stage.close();
    processes.assertNothingLeft();
  }

  enum Ending {
    RETURNS,
    THROWS,
    KILLED
  }

  @ParameterizedTest
  @EnumSource(Ending.class)
  void rc02AnArgumentIsHeldUntilTheTaskEnds(Ending ending) throws InterruptedException {
    Stage.Door gate = door;
    Ref<byte[]> x = put(Bytes.of(2, SIZE));
    ObjectId id = x.id();
    Ref<Long> f =
        with(o -> o.onWorker(b).retries(0))
            .submit(
                value -> {
                  gate.pass("f");
                  if (ending == Ending.THROWS) {
                    throw new IOException("as planned");
                  }
                  return Bytes.sum(value);
                },
                x);
    x.close();
    stage.await("f");
    Processes.fillHere();
    processes.fill(a);
    processes.assertExists(id);
    if (ending == Ending.KILLED) {
      processes.kill(b);
    } else {
      stage.open("f");
    }
    switch (ending) {
      case RETURNS -> assertThat(f.get()).isEqualTo(Bytes.sumOf(2, SIZE));
      case THROWS ->
          assertThatThrownBy(f::get)
              .isInstanceOf(TaskFailedException.class)
              .hasRootCauseMessage("as planned");
      case KILLED -> assertThatThrownBy(f::get).isInstanceOf(WorkerLostException.class);
    }
    processes.assertGoneSoon(id);
    f.close();
  }

  @Test
  void rc04AnAnonymousArgumentOfATaskThatCannotRunYet() throws InterruptedException {
    Stage.Door gate = door;
    Ref<Integer> unresolved =
        with(o -> o.onWorker(a))
            .submit(() -> {
              gate.pass("unresolved");
              return 1;
            });
    Ref<byte[]> literal = put(Bytes.of(4, SIZE));
    ObjectId id = literal.id();
    Ref<Long> f =
        with(o -> o.onWorker(b))
            .submit((value, one) -> Bytes.sum(value) + one, literal, unresolved);
    literal.close();
    stage.await("unresolved");
    for (int i = 0; i < 2; i++) {
      put(Bytes.of(i, SIZE)).close();
    }
    processes.assertExists(id);
    stage.open("unresolved");
    assertThat(f.get()).isEqualTo(Bytes.sumOf(4, SIZE) + 1);
    processes.assertGoneSoon(id);
    f.close();
    unresolved.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"RETURNS", "KILLED"})
  void rc05AReferenceInsideAContainer(Ending ending) throws InterruptedException {
    Stage.Door gate = door;
    Ref<byte[]> x = put(Bytes.of(5, SIZE));
    ObjectId id = x.id();
    Ref<List<Ref<byte[]>>> list = put(List.of(x));
    Ref<Long> f =
        with(o -> o.onWorker(b).retries(0))
            .submit(
                refs -> {
                  gate.pass("f");
                  return Bytes.sum(refs.getFirst().get());
                },
                list);
    x.close();
    list.close();
    stage.await("f");
    Processes.fillHere();
    processes.fill(b);
    processes.assertExists(id);
    if (ending == Ending.KILLED) {
      processes.kill(b);
      assertThatThrownBy(f::get).isInstanceOf(WorkerLostException.class);
    } else {
      stage.open("f");
      assertThat(f.get()).isEqualTo(Bytes.sumOf(5, SIZE));
    }
    processes.assertGoneSoon(id);
    f.close();
  }

  /// A value within values.
  record Wrapped(Ref<?> inner) {}

  private static Ref<?> wrap(Ref<?> ref, int levels) {
    Ref<?> outer = ref;
    for (int i = 0; i < levels; i++) {
      Ref<?> inner = outer;
      outer = put(new Wrapped(inner));
      inner.close();
    }
    return outer;
  }

  private static Ref<?> unwrap(Ref<?> ref) {
    Object value = ref.get();
    return value instanceof Wrapped(Ref<?> inner) ? inner : ref;
  }

  @Test
  void rc06TheOuterPinsTheInner() {
    for (int levels : new int[] {1, 5}) {
      Ref<byte[]> x = put(Bytes.of(6, SIZE));
      ObjectId id = x.id();
      Ref<?> outer = wrap(x, levels);
      Processes.fillHere();
      processes.assertExists(id);
      long sum =
          with(o -> o.onWorker(c))
              .submit(() -> {
                Ref<?> at = outer;
                for (int i = 0; i < levels; i++) {
                  at = unwrap(at);
                }
                return Bytes.sum((byte[]) at.get());
              })
              .get();
      assertThat(sum).isEqualTo(Bytes.sumOf(6, SIZE));
      processes.collectEverywhere();
      processes.assertExists(id);
      outer.close();
      processes.assertGoneSoon(id);
    }
  }

  /// Task i unwraps one level and calls task i + 1 with what was inside.
  private static long unwrapAll(Ref<?> ref, int levels, Stage.Door gate) {
    if (levels == 0) {
      gate.pass("last");
      return Bytes.sum((byte[]) ref.get());
    }
    Ref<?> inner = unwrap(ref);
    return with(o -> o.spread()).submit(() -> unwrapAll(inner, levels - 1, gate)).get();
  }

  @Test
  void rc08UnwrapLevelByLevel() throws InterruptedException {
    Stage.Door gate = door;
    Ref<byte[]> x = put(Bytes.of(8, SIZE));
    ObjectId id = x.id();
    Ref<?> outer = wrap(x, 5);
    Ref<Long> first = submit(() -> unwrapAll(outer, 5, gate));
    outer.close();
    stage.await("last");
    Processes.fillHere();
    processes.assertExists(id);
    stage.open("last");
    assertThat(first.get()).isEqualTo(Bytes.sumOf(8, SIZE));
    processes.assertGoneSoon(id);
    first.close();
  }

  private void keep(WorkerId worker, String name, Ref<?> ref) {
    with(o -> o.onWorker(worker)).run(() -> Kept.keep(name, ref)).get();
  }

  private void dropKept(WorkerId worker, String name) {
    with(o -> o.onWorker(worker)).run(() -> Kept.drop(name)).get();
  }

  @Test
  void rc09AWorkerKeepsTwoCopies() {
    Ref<byte[]> x = put(Bytes.of(9, SIZE));
    ObjectId id = x.id();
    keep(b, "one", x);
    keep(b, "two", x);
    x.close();
    processes.collectEverywhere();
    processes.assertExists(id);
    dropKept(b, "one");
    processes.collectEverywhere();
    Processes.fillHere();
    processes.assertExists(id);
    long sum = with(o -> o.onWorker(b)).submit(() -> Bytes.sum(Kept.get("two").get())).get();
    assertThat(sum).isEqualTo(Bytes.sumOf(9, SIZE));
    dropKept(b, "two");
    processes.assertGoneSoon(id);
  }

  @Test
  void rc09AWorkerThatKeepsACopyIsKilled() {
    Ref<byte[]> x = put(Bytes.of(9, SIZE));
    ObjectId id = x.id();
    keep(b, "one", x);
    x.close();
    processes.collectEverywhere();
    processes.assertExists(id);
    processes.kill(b);
    processes.assertGoneSoon(id);
  }

  @Test
  void rc10AReturnedReferenceOutlivesItsContainer() {
    Ref<List<Ref<byte[]>>> list =
        with(o -> o.onWorker(b)).submit(() -> List.of(put(Bytes.of(10, SIZE))));
    Ref<byte[]> inner = list.get().getFirst();
    list.close();
    processes.collectEverywhere();
    processes.fill(b);
    assertThat(Bytes.sum(inner.get())).isEqualTo(Bytes.sumOf(10, SIZE));
    inner.close();
    // Its owner is the worker, whose store is looked into at the end.
  }

  /// P hands X on and is killed by Q as soon as Q has it: mostly before it could say whom it gave
  /// X.
  @ParameterizedTest
  @EnumSource
  void rc16TheIntermediateHolderDies(Source source) throws InterruptedException {
    Stage.Door gate = door;
    Ref<byte[]> x =
        source == Source.PUT
            ? put(Bytes.of(16, SIZE))
            : with(o -> o.onWorker(a)).submit(() -> Bytes.of(16, SIZE));
    ObjectId id = x.id();
    assertThat(Deed.await(List.of(x), 1, Duration.ofSeconds(60)).done()).hasSize(1);
    long pid = processes.pid(b);
    WorkerId q = c;
    Ref<@Nullable Void> p =
        with(o -> o.onWorker(b).retries(0))
            .run(() -> {
              Ref<@Nullable Void> handed =
                  with(o -> o.onWorker(q))
                      .run(() -> {
                        Kept.keep("field", x);
                        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                        gate.say("kept");
                      });
              handed.get();
            });
    x.close();
    stage.await("kept");
    assertThatThrownBy(p::get).isInstanceOf(WorkerLostException.class);
    processes.awaitDead(b);
    processes.collectEverywhere();
    Processes.fillHere();
    processes.fill(a);
    processes.assertExists(id);
    long sum = with(o -> o.onWorker(q)).submit(() -> Bytes.sum(Kept.get("field").get())).get();
    assertThat(sum).isEqualTo(Bytes.sumOf(16, SIZE));
    dropKept(q, "field");
    processes.assertGoneSoon(id);
    p.close();
  }

  enum Source {
    PUT,
    TASK_RESULT
  }

  @Test
  void rc19AnUndeliverableTask() {
    for (boolean cancelled : new boolean[] {false, true}) {
      Ref<byte[]> x = put(Bytes.of(19, SIZE));
      ObjectId id = x.id();
      Map<String, Ref<byte[]>> map = Map.of("x", x);
      Ref<@Nullable Void> handle =
          with(o -> o.resource("gpu", 1)).run(() -> map.forEach(Kept::keep));
      x.close();
      if (cancelled) {
        handle.cancel();
        assertThatThrownBy(handle::get)
            .isInstanceOfAny(ResourcesUnavailableException.class, TaskCancelledException.class);
      }
      handle.close();
      processes.assertGoneSoon(id);
    }
  }

  @Test
  void rc19AlsoCleanWhenTheTaskDidRunAndItsWorkerDied() {
    Ref<byte[]> x = put(Bytes.of(19, SIZE));
    ObjectId id = x.id();
    Map<String, Ref<byte[]>> map = Map.of("x", x);
    Ref<@Nullable Void> handle = with(o -> o.onWorker(b)).run(() -> map.forEach(Kept::keep));
    handle.get();
    processes.kill(b);
    x.close();
    handle.close();
    processes.assertGoneSoon(id);
    Ref<@Nullable Void> later = with(o -> o.onWorker(b)).run(() -> Kept.drop("field"));
    assertThatThrownBy(later::get).isInstanceOf(ResourcesUnavailableException.class);
    later.close();
  }
}
