package dev.deed.faultinjection.chaos.processes;

import static dev.deed.Deed.context;
import static dev.deed.Deed.submit;
import static dev.deed.Deed.with;
import static dev.deed.faultinjection.chaos.processes.Bytes.KIB;
import static dev.deed.faultinjection.chaos.processes.Bytes.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.ObjectId;
import dev.deed.ObjectLostException;
import dev.deed.ObjectLostException.Reason;
import dev.deed.Ref;
import dev.deed.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The scenarios of reconstruction on worker processes that are killed, by their numbers.
@Timeout(60)
final class ReconstructionClusterTest {
  private static final Duration GUARD = Duration.ofSeconds(50);

  private static Processes processes;

  private Stage stage;
  private Stage.Door door;

  @BeforeAll
  static void start() {
    processes = Processes.start(1);
  }

  @AfterAll
  static void end() {
    processes.close();
  }

  @BeforeEach
  void set() throws IOException {
    stage = new Stage();
    door = stage.door();
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    stage.close();
    processes.assertNothingLeft();
  }

  /// Kills the one worker and starts another.
  private void replaceTheWorker() {
    processes.kill(processes.workers().getFirst());
    processes.refill(1);
  }

  /// Reads the value where the workers are, so that the driver gets no copy.
  private static long sumThere(Ref<byte[]> ref) {
    try (Ref<Long> sum = submit(Bytes::sum, ref)) {
      return sum.get(GUARD);
    }
  }

  /// Waits until it exists, without reading it: a reader gets a copy.
  private static void awaitDone(Ref<?> ref) {
    assertThat(Deed.await(List.of(ref), 1, GUARD).done()).hasSize(1);
  }

  private static ObjectLostException lost(Ref<?> ref) {
    return catchThrowableOfType(ObjectLostException.class, () -> ref.get(GUARD));
  }

  private static Throwable root(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  @Test
  void re01OneLossOneRetryASecondLossFails() {
    Stage.Door log = door;
    Ref<byte[]> x =
        with(o -> o.retries(1).name("maker"))
            .submit(() -> {
              log.say("executed");
              return Bytes.of(1, 10 * MIB);
            });
    assertThat(sumThere(x)).isEqualTo(Bytes.sumOf(1, 10 * MIB));
    replaceTheWorker();
    assertThat(sumThere(x)).isEqualTo(Bytes.sumOf(1, 10 * MIB));
    assertThat(stage.count("executed")).isEqualTo(2);
    replaceTheWorker();
    ObjectLostException lost = lost(x);
    assertThat(lost.reason()).isEqualTo(Reason.RETRIES_EXHAUSTED);
    assertThat(lost)
        .hasMessageContaining("maker")
        .hasMessageContaining("ReconstructionClusterTest");
    assertThat(stage.count("executed")).isEqualTo(2);
    x.close();
  }

  @Test
  void re02ACachedCopyIsEnough() {
    processes.refill(2);
    WorkerId a = processes.workers().get(0);
    WorkerId b = processes.workers().get(1);
    Stage.Door log = door;
    Ref<byte[]> x =
        with(o -> o.onWorker(a))
            .submit(() -> {
              log.say("executed");
              return Bytes.of(2, 20 * MIB);
            });
    Ref<Long> read = with(o -> o.onWorker(b)).submit(Bytes::sum, x);
    assertThat(read.get(GUARD)).isEqualTo(Bytes.sumOf(2, 20 * MIB));
    processes.kill(a);
    processes.fill(b);
    assertThat(Bytes.sum(x.get(GUARD))).isEqualTo(Bytes.sumOf(2, 20 * MIB));
    assertThat(stage.count("executed")).isEqualTo(1);
    ObjectId id = x.id();
    x.close();
    read.close();
    processes.assertGoneSoon(id);
  }

  @Test
  void re03AChainOfTwenty() {
    int links = 20;
    Stage.Door log = door;
    List<ObjectId> ids = new ArrayList<>();
    Ref<byte[]> last =
        submit(() -> {
          log.say("link 0");
          return Bytes.of(0, MIB);
        });
    ids.add(last.id());
    for (int i = 1; i <= links; i++) {
      Ref<byte[]> before = last;
      int number = i;
      last =
          submit(
              bytes -> {
                log.say("link " + number);
                return Bytes.of(Bytes.sum(bytes) + number, MIB);
              },
              before);
      ids.add(last.id());
      before.close();
    }
    byte[] bytes = Bytes.of(0, MIB);
    for (int i = 1; i <= links; i++) {
      bytes = Bytes.of(Bytes.sum(bytes) + i, MIB);
    }
    long plain = Bytes.sum(bytes);
    awaitDone(last);
    replaceTheWorker();
    assertThat(Bytes.sum(last.get(GUARD))).isEqualTo(plain);
    for (int i = 0; i <= links; i++) {
      assertThat(stage.count("link " + i)).as("executions of link " + i).isEqualTo(2);
    }
    last.close();
    ids.forEach(processes::assertGoneSoon);
  }

  @Test
  void re08ANonDeterministicSize() {
    int kills = 6;
    processes.refill(2);
    Stage.Door log = door;
    for (int kill = 0; kill < kills; kill++) {
      int round = kill;
      List<Ref<Long>> sums = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        int number = i;
        Ref<byte[]> x =
            with(o -> o.retries(3))
                .submit(() -> {
                  log.say("x" + round + "." + number);
                  // Stored or inline, as the process and the attempt have it.
                  boolean large = (ProcessHandle.current().pid() + context().attempt()) % 2 == 0;
                  return Bytes.of(number, large ? 100 * KIB : 8);
                });
        sums.add(
            with(o -> o.retries(3))
                .submit(
                    value -> {
                      log.say("y" + round + "." + number);
                      return Bytes.sum(value);
                    },
                    x));
        x.close();
      }
      sums.get(kill).get(GUARD);
      processes.kill(processes.workers().getFirst());
      processes.refill(2);
      for (int i = 0; i < sums.size(); i++) {
        assertThat(sums.get(i).get(GUARD)).isIn(Bytes.sumOf(i, 8), Bytes.sumOf(i, 100 * KIB));
        assertThat(stage.count("x" + round + "." + i)).isBetween(1, 4);
        assertThat(stage.count("y" + round + "." + i)).isBetween(1, 4);
        sums.get(i).close();
      }
    }
    processes.kill(processes.workers().getLast());
  }

  @Test
  void re09TheLineageLimitIsVisible() {
    DeedConfig config = DeedConfig.defaults().lineageBudgetBytes(10_000);
    try (Processes limited = Processes.start(1, config)) {
      limited
          .session()
          .runHere(() -> {
            Ref<byte[]> last = submit(() -> Bytes.of(0, 100 * KIB));
            for (int i = 1; i <= 100; i++) {
              Ref<byte[]> before = last;
              last = submit(bytes -> Bytes.of(Bytes.sum(bytes), 100 * KIB), before);
              before.close();
            }
            awaitDone(last);
            assertThat(limited.session().memory().lineageBytes()).isLessThanOrEqualTo(10_000);
            limited.kill(limited.workers().getFirst());
            limited.refill(1);
            ObjectLostException lost = lost(last);
            assertThat(root(lost))
                .isInstanceOfSatisfying(
                    ObjectLostException.class,
                    cause -> assertThat(cause.reason()).isEqualTo(Reason.LINEAGE_EVICTED));
            last.close();
            limited.assertNothingLeft();
          });
    }
  }

  @Test
  void re12TheUpstreamCannotComeBack() {
    Ref<byte[]> x = with(o -> o.retries(0)).submit(() -> Bytes.of(12, MIB));
    Ref<byte[]> y = submit(bytes -> Bytes.of(Bytes.sum(bytes), MIB), x);
    awaitDone(y);
    x.close();
    replaceTheWorker();
    ObjectLostException lost = lost(y);
    assertThat(lost.reason()).isEqualTo(Reason.UPSTREAM_LOST);
    assertThat(root(lost))
        .isInstanceOfSatisfying(
            ObjectLostException.class,
            cause -> assertThat(cause.reason()).isEqualTo(Reason.NO_LINEAGE));
    y.close();
  }
}
