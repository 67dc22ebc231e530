package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.ClusterUnavailableException;
import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Ref;
import dev.deed.Session;
import dev.deed.futures.ChildJvm;
import dev.deed.futures.cli.DeedCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Drivers in clusters of `deed worker` processes that are killed.
class ClusterEndTest {
  @TempDir Path folder;

  private final List<Process> workers = new ArrayList<>();

  @AfterEach
  void killAll() throws InterruptedException {
    for (Process worker : workers) {
      worker.destroyForcibly().waitFor();
    }
  }

  /// Starts a worker; returns its address once it has joined.
  private String worker(String... options) throws IOException {
    List<String> command = ChildJvm.command(DeedCommand.class);
    command.addAll(
        List.of("worker", "--cpus", "1", "--secret-file", folder.resolve("secret").toString()));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectError(folder.resolve("err" + workers.size()).toFile())
            .start();
    workers.add(process);
    BufferedReader out = process.inputReader();
    String address = out.readLine();
    assertThat(address).as("what the worker says").isNotNull();
    return address;
  }

  private Session connect(String address) {
    return Deed.connect(address, DeedConfig.defaults().secretFile(folder.resolve("secret")));
  }

  @Test
  void whoWaitsIsToldWhenTheClusterHasEnded() throws Exception {
    ClusterSecret.create(folder.resolve("secret"));
    String address = worker();
    try (Session session = connect(address)) {
      Ref<Integer> one =
          Deed.submit(() -> {
            Thread.sleep(600_000);
            return 1;
          });
      CompletableFuture<Integer> future = one.toFuture();
      workers.getFirst().destroyForcibly();
      assertThatThrownBy(one::get)
          .isInstanceOf(ClusterUnavailableException.class)
          .hasMessageContaining("voters");
      assertThatThrownBy(future::join).hasCauseInstanceOf(ClusterUnavailableException.class);
      assertThatThrownBy(() -> Deed.submit(() -> 1))
          .isInstanceOf(ClusterUnavailableException.class);
      assertThatThrownBy(session::memory).isInstanceOf(ClusterUnavailableException.class);
    }
  }

  /// The vote spreads over three workers just now: none of them is needed for it.
  @Test
  void aWorkerMayDieWhileTheVoteSpreads() throws Exception {
    ClusterSecret.create(folder.resolve("secret"));
    String address = worker();
    worker("--join", address);
    worker("--join", address);
    workers.get(1).destroyForcibly();
    try (Session _ = connect(address)) {
      List<Ref<Integer>> squares = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        int number = i;
        squares.add(Deed.submit(() -> number * number));
      }
      for (int i = 0; i < 100; i++) {
        assertThat(squares.get(i).get()).isEqualTo(i * i);
      }
    }
  }
}
