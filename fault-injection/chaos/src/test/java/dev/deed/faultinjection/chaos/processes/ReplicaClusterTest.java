package dev.deed.faultinjection.chaos.processes;

import static dev.deed.Deed.put;
import static dev.deed.Deed.submit;
import static dev.deed.Deed.with;
import static dev.deed.faultinjection.chaos.processes.Bytes.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.deed.DeedConfig;
import dev.deed.Durability;
import dev.deed.ObjectLostException;
import dev.deed.OutOfStorageException;
import dev.deed.Ref;
import dev.deed.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Puts of which several worker processes keep a copy.
@Timeout(120)
final class ReplicaClusterTest {
  private static final Duration GUARD = Duration.ofSeconds(50);

  private Stage stage;
  private Stage.Door door;

  /// What a task has put: with two copies, small with two copies, and as it comes.
  private record Puts(Ref<byte[]> twice, Ref<String> small, Ref<byte[]> once) {}

  @BeforeEach
  void set() throws IOException {
    stage = new Stage();
    door = stage.door();
  }

  @AfterEach
  void end() throws IOException {
    stage.close();
  }

  @Test
  void re14APutWithTwoCopiesSurvivesTheWorkerThatHadTheFirst() throws IOException {
    DeedConfig config = DeedConfig.defaults().durability(Durability.SYNC);
    try (Processes processes = Processes.start(3, config)) {
      WorkerId a = processes.workers().get(0);
      WorkerId b = processes.workers().get(1);
      Stage.Door log = door;
      Puts puts;
      try (Ref<Puts> made =
          with(o -> o.onWorker(a))
              .submit(() -> {
                log.say("executed");
                return new Puts(
                    with(o -> o.replicas(2)).put(Bytes.of(14, 5 * MIB)),
                    with(o -> o.replicas(2)).put("small"),
                    put(Bytes.of(15, 5 * MIB)));
              })) {
        puts = made.get(GUARD);
      }
      processes.kill(a);
      try (Ref<Long> sum = with(o -> o.onWorker(b)).submit(Bytes::sum, puts.twice)) {
        assertThat(sum.get(GUARD)).isEqualTo(Bytes.sumOf(14, 5 * MIB));
      }
      assertThat(Bytes.sum(puts.twice.get(GUARD))).isEqualTo(Bytes.sumOf(14, 5 * MIB));
      assertThat(puts.small.get(GUARD)).isEqualTo("small");
      ObjectLostException lost =
          catchThrowableOfType(ObjectLostException.class, () -> puts.once.get(GUARD));
      assertThat(lost.reason()).isEqualTo(ObjectLostException.Reason.PUT);
      assertThat(lost).hasMessageContaining("ReplicaClusterTest");
      assertThat(stage.count("executed")).isEqualTo(1);
      puts.twice.close();
      puts.small.close();
      puts.once.close();
      processes.assertNothingLeft();
    }
  }

  @Test
  void forACopyThatIsLostAnotherIsMade() throws IOException {
    try (Processes processes = Processes.start(3)) {
      try (Ref<byte[]> x = with(o -> o.replicas(3)).put(Bytes.of(3, MIB))) {
        assertThat(processes.storedFiles()).hasSize(3);
        for (WorkerId worker : List.copyOf(processes.workers())) {
          processes.kill(worker);
          processes.refill(3);
          TestCluster.assertSoon(() -> assertThat(processes.storedFiles()).hasSize(3));
        }
        assertThat(Bytes.sum(x.get(GUARD))).isEqualTo(Bytes.sumOf(3, MIB));
      }
      processes.assertNothingLeft();
    }
  }

  @Test
  void whereThereIsNoRoomForTheCopiesThePutFails() throws IOException {
    try (Processes processes = Processes.start(1)) {
      WorkerId worker = processes.workers().getFirst();
      try (Ref<byte[]> full = with(o -> o.onWorker(worker)).submit(() -> Bytes.of(1, 95 * MIB))) {
        assertThat(dev.deed.Deed.await(List.of(full), 1, GUARD).done()).hasSize(1);
        assertThatThrownBy(() -> with(o -> o.replicas(2)).put(Bytes.of(2, 20 * MIB)))
            .isInstanceOf(OutOfStorageException.class)
            .hasMessageContaining("1 of 2 copies")
            .hasMessageContaining("no room");
        try (Ref<byte[]> fits = with(o -> o.replicas(2)).put(Bytes.of(2, MIB))) {
          assertThat(processes.storedFiles()).hasSize(3);
          assertThat(submit(Bytes::sum, fits).get(GUARD)).isEqualTo(Bytes.sumOf(2, MIB));
        }
      }
      processes.assertNothingLeft();
    }
  }
}
