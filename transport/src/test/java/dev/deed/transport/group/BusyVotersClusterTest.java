package dev.deed.transport.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.transport.BusyCarriers;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Voters are workers, whose tasks may compute on all processors.
@Timeout(60)
class BusyVotersClusterTest {
  @TempDir Path names;

  @Test
  void votersAgreeWhileAllProcessorsCompute() throws Exception {
    try (VoterGroup group = new VoterGroup("busy", names)) {
      Object before = group.view(0);
      try (BusyCarriers _ = new BusyCarriers()) {
        long end =
            System.nanoTime()
                + TimeUnit.MILLISECONDS.toNanos(3 * (VoterStack.SILENCE_MS + VoterStack.VERIFY_MS));
        while (System.nanoTime() - end < 0) {
          group.commit();
        }
      }
      assertThat(group.leader()).isZero();
      assertThat((Object) group.view(0)).isEqualTo(before);
    }
  }
}
