package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.JobException;
import dev.deed.Ref;
import dev.deed.Session;
import dev.deed.futures.ChildJvm;
import dev.deed.futures.cli.DeedCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A journal whose driver has left, and clusters that have known its job or not.
class JournalClusterEndTest {
  private static final String JOURNAL = "deed.journal";

  @TempDir Path folder;
  private @Nullable Process worker;

  @AfterEach
  void end() throws InterruptedException {
    System.clearProperty(JOURNAL);
    killWorker();
  }

  private void killWorker() throws InterruptedException {
    if (worker != null) {
      worker.destroyForcibly().waitFor();
    }
  }

  /// Starts a cluster of one worker; returns its address.
  private String cluster() throws IOException {
    List<String> command = ChildJvm.command(DeedCommand.class);
    command.addAll(
        List.of("worker", "--cpus", "1", "--secret-file", folder.resolve("secret").toString()));
    Process started =
        new ProcessBuilder(command).redirectError(folder.resolve("err").toFile()).start();
    worker = started;
    String address = started.inputReader().readLine();
    assertThat(address).as("what the worker says").isNotNull();
    return address;
  }

  /// Main: one call, whose reference is held until the end.
  private int main(String address) {
    try (Session _ =
        Deed.connect(address, DeedConfig.defaults().secretFile(folder.resolve("secret")))) {
      Ref<Integer> call = Deed.submit(() -> 41);
      return call.get();
    }
  }

  @Test
  void aClusterThatHasKnownTheJobSaysSoAtOnceAndAnotherGoesOn() throws Exception {
    ClusterSecret.create(folder.resolve("secret"));
    System.setProperty(JOURNAL, folder.resolve("journal").toString());
    String address = cluster();
    assertThat(main(address)).isEqualTo(41);
    assertThatThrownBy(() -> main(address))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("start the cluster's workers anew");
    killWorker();
    assertThat(main(cluster())).isEqualTo(41);
  }
}
