package dev.deed.faultinjection.chaos.processes;

import static dev.deed.Deed.submit;
import static dev.deed.Deed.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Durability;
import dev.deed.OwnerDiedException;
import dev.deed.Ref;
import dev.deed.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Owners on worker processes that are killed.
@Timeout(120)
final class OwnerDeathClusterTest {
  private static final Duration GUARD = Duration.ofSeconds(50);

  private Stage stage;
  private Stage.Door door;

  @BeforeEach
  void set() throws IOException {
    stage = new Stage();
    door = stage.door();
  }

  @AfterEach
  void end() throws IOException {
    stage.close();
  }

  private static Processes start(Durability durability) {
    return Processes.start(3, DeedConfig.defaults().durability(durability));
  }

  /// A reference that the worker owns, to a value that exists; nobody has read it.
  private Ref<Integer> owned(WorkerId owner) {
    Stage.Door log = door;
    try (Ref<Ref<Integer>> outer =
        with(o -> o.onWorker(owner))
            .submit(() ->
                submit(() -> {
                  log.say("executed");
                  return 42;
                }))) {
      Ref<Integer> inner = outer.get(GUARD);
      assertThat(Deed.await(List.of(inner), 1, GUARD).done()).hasSize(1);
      return inner;
    }
  }

  @Test
  void withoutHeirsItsObjectsAreLost() throws IOException {
    try (Processes processes = start(Durability.NONE)) {
      WorkerId owner = processes.workers().getFirst();
      try (Ref<Integer> inner = owned(owner)) {
        processes.kill(owner);
        assertThatThrownBy(() -> inner.get(GUARD)).isInstanceOf(OwnerDiedException.class);
      }
      processes.assertNothingLeft();
    }
  }

  @Test
  void anHeirServesWhatAnyoneKnewOf() throws IOException {
    try (Processes processes = start(Durability.SYNC)) {
      WorkerId owner = processes.workers().getFirst();
      try (Ref<Integer> inner = owned(owner)) {
        processes.kill(owner);
        assertThat(inner.get(GUARD)).isEqualTo(42);
        assertThat(stage.count("executed")).isEqualTo(1);
        try (Ref<Integer> next = submit(value -> value + 1, inner)) {
          assertThat(next.get(GUARD)).isEqualTo(43);
        }
      }
      processes.assertNothingLeft();
    }
  }

  @Test
  void aPutThatMustSurviveHasBeenToldToAnHeirWhenItReturns() throws IOException {
    try (Processes processes = start(Durability.ASYNC)) {
      WorkerId owner = processes.workers().getFirst();
      Stage.Door log = door;
      try (Ref<Ref<String>> ref =
          with(o -> o.onWorker(owner))
              .submit(() -> {
                Ref<String> kept = with(o -> o.durability(Durability.SYNC)).put("kept");
                log.say("put");
                return kept;
              })) {
        Ref<String> kept = ref.get(GUARD);
        processes.kill(owner);
        assertThat(kept.get(GUARD)).isEqualTo("kept");
        assertThat(stage.count("put")).isEqualTo(1);
        kept.close();
      }
      processes.assertNothingLeft();
    }
  }

  @Test
  void aParentThatIsExecutedAgainFindsItsChildren() throws IOException, InterruptedException {
    try (Processes processes = start(Durability.SYNC)) {
      WorkerId first = processes.workers().getFirst();
      Stage.Door log = door;
      int children = 5;
      try (Ref<Integer> sum =
          with(o -> o.name("parent"))
              .submit(() -> {
                List<Ref<Integer>> refs = new ArrayList<>();
                for (int i = 0; i < children; i++) {
                  int number = i;
                  refs.add(
                      submit(() -> {
                        log.say("child");
                        return number;
                      }));
                }
                int total = 0;
                for (Ref<Integer> ref : refs) {
                  total += ref.get(GUARD);
                }
                log.say("parent at " + Deed.context().worker());
                log.pass("go");
                return total;
              })) {
        stage.await("go");
        String place = stage.after("parent at ").getFirst();
        WorkerId owner =
            processes.workers().stream()
                .filter(worker -> worker.toString().equals(place))
                .findFirst()
                .orElseThrow();
        assertThat(processes.workers()).contains(first);
        processes.kill(owner);
        stage.await("go", 2);
        stage.open("go");
        assertThat(sum.get(GUARD)).isEqualTo(children * (children - 1) / 2);
        assertThat(stage.count("child")).isEqualTo(children);
      }
      processes.assertNothingLeft();
    }
  }
}
