package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.group.LivenessLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What workers leave in memory when they are killed.
final class ClusterDirectoryTest {
  @TempDir Path directory;

  private void leave(WorkerId worker) throws IOException {
    Path store = Files.createDirectory(directory.resolve(worker.toString()));
    Files.writeString(store.resolve("value"), "bytes");
    Path job = Files.createDirectories(ClusterDirectory.code(directory, worker).resolve("job"));
    Files.writeString(job.resolve("Program.class"), "code");
  }

  @Test
  void aDeadWorkersValuesAndCodeAreRemovedAndALivingOnesStay() throws IOException {
    WorkerId dead = new WorkerId(1, 2);
    WorkerId living = new WorkerId(3, 4);
    LivenessLock.hold(directory, dead).release();
    leave(dead);
    leave(living);
    try (LivenessLock held = LivenessLock.hold(directory, living)) {
      ClusterDirectory.sweep(directory, dead);
      ClusterDirectory.sweep(directory, living);
      assertThat(directory.resolve(dead.toString())).doesNotExist();
      assertThat(ClusterDirectory.code(directory, dead)).doesNotExist();
      assertThat(directory.resolve(living.toString()).resolve("value")).exists();
      assertThat(ClusterDirectory.code(directory, living).resolve("job")).isNotEmptyDirectory();
      assertThat(held).isNotNull();
    }
  }
}
