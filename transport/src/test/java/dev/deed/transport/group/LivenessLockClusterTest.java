package dev.deed.transport.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LivenessLockClusterTest {
  private static final WorkerId WORKER = new WorkerId(1, 2);
  private static final WorkerId OTHER = new WorkerId(1, 3);

  @TempDir Path directory;

  @Test
  void aKilledProcessIsProvedToHaveEnded() throws Exception {
    try (ChildJvm child = new ChildJvm(LockHolder.class, directory.toString(), WORKER.toString())) {
      child.await(0, "held"::equals);
      assertThat(LivenessLock.probe(directory, WORKER)).isEqualTo(LivenessLock.Probe.ALIVE);
      child.signal("STOP");
      assertThat(LivenessLock.probe(directory, WORKER)).isEqualTo(LivenessLock.Probe.ALIVE);
      child.kill();
      assertThat(LivenessLock.probe(directory, WORKER)).isEqualTo(LivenessLock.Probe.ENDED);
      assertThat(LivenessLock.probe(directory, WORKER)).isEqualTo(LivenessLock.Probe.ENDED);
    }
    LivenessLock.sweep(directory, WORKER);
    assertThat(LivenessLock.probe(directory, WORKER)).isEqualTo(LivenessLock.Probe.UNKNOWN);
  }

  @Test
  void aProbeOfItselfDoesNotGiveTheLockUp() throws Exception {
    try (LivenessLock _ = LivenessLock.hold(directory, WORKER)) {
      assertThat(LivenessLock.probe(directory, WORKER)).isEqualTo(LivenessLock.Probe.ALIVE);
      try (ChildJvm child =
          new ChildJvm(LockProber.class, directory.toString(), WORKER.toString())) {
        child.await(0, "ALIVE"::equals);
      }
      assertThatThrownBy(() -> LivenessLock.hold(directory, WORKER))
          .isInstanceOf(IOException.class);
      try (ChildJvm child =
          new ChildJvm(LockProber.class, directory.toString(), WORKER.toString())) {
        child.await(0, "ALIVE"::equals);
      }
    }
    assertThat(directory).isEmptyDirectory();
    LivenessLock.hold(directory, WORKER).close();
  }

  @Test
  void aProbeOfAnotherDoesNotTouchTheOwnLock() throws Exception {
    try (LivenessLock _ = LivenessLock.hold(directory, WORKER)) {
      assertThat(LivenessLock.probe(directory, OTHER)).isEqualTo(LivenessLock.Probe.UNKNOWN);
      assertThat(LivenessLock.probe(directory, WORKER)).isEqualTo(LivenessLock.Probe.ALIVE);
    }
  }

  @Test
  void theDirectoryIsTheUsersOwn() throws Exception {
    Path made = LivenessLock.directory("liveness-test");
    try {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
          .isEqualTo("rwx------");
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxrwx---"));
      assertThatThrownBy(() -> LivenessLock.directory("liveness-test"))
          .hasMessageContaining("0700");
      assertThatThrownBy(() -> LivenessLock.directory("../x")).isInstanceOf(IOException.class);
    } finally {
      Files.delete(made);
    }
  }
}
