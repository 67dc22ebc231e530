package dev.deed.transport.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Drawn cuts between three voters, one of whom dies during one or soon after it: when all has
/// healed the two others have a leader and commit. `-Ddeed.test.seed=N` draws the same again.
@Timeout(120)
class CutVotersClusterTest {
  /// Groups that run at the same time; they mostly wait.
  private static final int GROUPS = 12;

  private static final int LONGEST_CUT_MS = 1_500;

  @TempDir Path names;

  private final long seed = Long.getLong("deed.test.seed", System.nanoTime());

  @Test
  void cutsAndADeathEndWithALeader() {
    System.out.println("deed.test.seed=" + seed);
    List<CompletableFuture<Void>> runs = new ArrayList<>();
    for (int i = 0; i < GROUPS; i++) {
      long drawn = seed + i;
      runs.add(CompletableFuture.runAsync(() -> run(drawn), Thread::startVirtualThread));
    }
    List<Throwable> failures =
        runs.stream().map(run -> run.handle((_, e) -> e).join()).filter(e -> e != null).toList();
    assertThat(failures).as("first seed " + seed).isEmpty();
  }

  private void run(long drawn) {
    Random random = new Random(drawn);
    StringBuilder faults = new StringBuilder("deed.test.seed=" + drawn);
    try (VoterGroup group =
        new VoterGroup("cut-" + drawn, Files.createDirectory(names.resolve("" + drawn)))) {
      int victim = random.nextInt(VoterGroup.SIZE);
      int death = random.nextInt(4);
      boolean silent = random.nextBoolean();
      for (int fault = 0; fault < 3; fault++) {
        int from = random.nextInt(VoterGroup.SIZE);
        int to = (from + 1 + random.nextInt(VoterGroup.SIZE - 1)) % VoterGroup.SIZE;
        boolean both = random.nextBoolean();
        faults.append("\ncut ").append(from).append(both ? " <-> " : " -> ").append(to);
        group.cut(from, to);
        if (both) {
          group.cut(to, from);
        }
        last(random.nextInt(LONGEST_CUT_MS));
        if (fault == death) {
          die(group, victim, silent, faults);
        }
        last(random.nextInt(LONGEST_CUT_MS / 2));
        group.heal();
        faults.append("\nhealed");
        last(random.nextInt(500));
      }
      if (death == 3) {
        die(group, victim, silent, faults);
      }
      group.commit();
    } catch (Exception | AssertionError e) {
      throw new AssertionError(faults.toString(), e);
    }
  }

  private static void die(VoterGroup group, int victim, boolean silent, StringBuilder faults)
      throws Exception {
    faults.append(silent ? "\nsilent " : "\nkilled ").append(victim);
    faults.append(", leader ").append(group.leader());
    if (silent) {
      group.silence(victim);
    } else {
      group.kill(victim);
    }
  }

  private static void last(int ms) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(ms);
  }
}
