package dev.deed.faultinjection.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.faultinjection.simulator.SimulationRun.FailedSeed;
import dev.deed.faultinjection.simulator.SimulationRun.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A failing plan is made small, and leaves a folder that tells its story.
final class ShrinkerTest {

  /// A plan that fails: among much else, main waits for a gate that nobody opens.
  private static Plan failing() {
    Plan plan = PlanGenerator.plan(5, true, HeirsChoice.NONE);
    List<Script> scripts = new ArrayList<>(plan.scripts());
    List<Step> steps = new ArrayList<>(scripts.getFirst().steps());
    steps.add(steps.size() / 2, new Step.Pass("never opened"));
    scripts.set(0, new Script("main", List.copyOf(steps)));
    return plan.withScripts(scripts);
  }

  @Test
  void onlyWhatTheFailureNeedsIsLeft() {
    Plan plan = failing();
    assertThat(SimulationRun.course(5, plan, false).breaks("5 bound")).isTrue();
    Plan smallest = Shrinker.shrink(5, plan, "5 bound", 20_000);
    assertThat(smallest.size()).isEqualTo(1);
    assertThat(smallest.scripts().getFirst().steps())
        .containsExactly(new Step.Pass("never opened"));
    assertThat(SimulationRun.course(5, smallest, false).breaks("5 bound")).isTrue();
  }

  @Test
  void aFailureLeavesItsStory(@TempDir Path folder) throws IOException {
    ViolationException violation = SimulationRun.course(5, failing(), false).broken().orElseThrow();
    FailedSeed failed = Artefact.of(5, failing(), violation, Options.DEFAULT.withFolder(folder));
    Path story = failed.story().orElseThrow();
    assertThat(failed.toString()).contains("./deed simulate --seed 5").contains("5 bound");
    assertThat(Files.readString(story.resolve("story.txt"))).contains("main has not ended");
    assertThat(Files.readString(story.resolve("smallest.txt"))).contains("never opened");
  }
}
