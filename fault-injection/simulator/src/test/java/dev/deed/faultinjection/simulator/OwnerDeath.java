package dev.deed.faultinjection.simulator;

import dev.deed.ownership.heirs.HeirsConfig;
import dev.deed.ownership.heirs.HeirsConfig.Mode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// That the owner dies in a scenario: who that is, how its estate is kept, and, for one run of the
/// scenario, when.
final class OwnerDeath {
  /// Who owns what a scenario is about.
  enum Owner {
    /// A task on a worker puts X or calls what makes it, and lends it to main.
    TASK,
    /// Main is a job whose first driver is dead, so a worker serves all that main calls and puts.
    JOB
  }

  private static final int NEVER = 0;

  private final Owner owner;
  private final Mode mode;

  /// After how many batches of events of the owner it is killed.
  private int moment = NEVER;

  private boolean telling;
  private int mostBatches;

  /// Where the heirs of a cluster of so many workers are as they should be, once that is known.
  private final Map<Integer, Long> seeds = new HashMap<>();

  private @Nullable Story last;

  OwnerDeath(Owner owner, Mode mode) {
    this.owner = owner;
    this.mode = mode;
  }

  Owner owner() {
    return owner;
  }

  /// One heir where they lag, two where everything waits for them.
  HeirsConfig heirs() {
    return HeirsConfig.defaults(mode, mode == Mode.SYNC ? 2 : 1);
  }

  /// Whether a reference may leave its owner before an heir has the record.
  boolean lags() {
    return mode == Mode.ASYNC;
  }

  boolean telling() {
    return telling;
  }

  /// The seed with which to begin the search for one whose heirs are as they should be.
  long seedFor(int workers, long first) {
    return seeds.getOrDefault(workers, first);
  }

  /// This seed's are.
  void found(int workers, long seed) {
    seeds.put(workers, seed);
  }

  /// The owner lives in the runs that follow.
  void never() {
    moment = NEVER;
    mostBatches = 0;
  }

  /// The owner is killed in the next run after so many batches.
  void after(int batches, boolean told) {
    moment = batches;
    telling = told;
  }

  /// Most batches that an owner has had in a story since [#never].
  int mostBatches() {
    return mostBatches;
  }

  /// Kills the owner in a story that begins now, when its moment has come.
  void watch(Story story, Node doomed) {
    last = story;
    int[] batches = {0};
    story.world.watch(node -> {
      if (node != doomed) {
        return;
      }
      batches[0]++;
      mostBatches = Math.max(mostBatches, batches[0]);
      if (batches[0] == moment) {
        story.world.agenda.at(story.world.nowNs, () -> story.world.crash(doomed, "the owner dies"));
      }
    });
  }

  /// What happened in the last story, if it was told.
  List<String> story() {
    return Optional.ofNullable(last)
        .map(story -> story.world.trace.lines())
        .orElseGet(ArrayList::new);
  }

  @Override
  public String toString() {
    return (owner == Owner.TASK ? "a task's" : "a job's") + " owner dies in " + mode;
  }
}
