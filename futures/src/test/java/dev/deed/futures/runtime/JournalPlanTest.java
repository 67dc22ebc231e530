package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.transport.journal.SyncPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// How a job is to be kept, as its program's process is told.
class JournalPlanTest {
  private static Optional<JournalPlan> of(Map<String, String> settings) {
    return JournalPlan.of(settings::get);
  }

  private static JournalPlan with(String name, String value) {
    return of(Map.of("journal", "/a/b", name, value)).orElseThrow();
  }

  @Test
  void withoutADirectoryThereIsNoJournal() {
    assertThat(of(Map.of())).isEmpty();
    assertThat(of(Map.of("journal", " ", "journal-values", "1g"))).isEmpty();
  }

  @Test
  void whatIsNotSaidHasADefault() {
    assertThat(of(Map.of("journal", "/a/b")))
        .contains(new JournalPlan(Path.of("/a/b"), 4L << 30, SyncPolicy.EACH));
  }

  @Test
  void theRoomOfValuesIsASize() {
    assertThat(with("journal-values", "20m").valueBytes()).isEqualTo(20L << 20);
    assertThat(with("journal-values", "0").valueBytes()).isZero();
    for (String wrong : new String[] {"", "-1", "much", "99999999999g"}) {
      assertThatThrownBy(() -> with("journal-values", wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching(
              "journal-values can't be '" + wrong + "': (a number of bytes|there are not so).*");
    }
  }

  @Test
  void syncsAreAsSoonAsPossibleOrByTimeOrNotAtAll() {
    assertThat(with("journal-sync", "each").sync()).isEqualTo(SyncPolicy.EACH);
    assertThat(with("journal-sync", "never").sync()).isEqualTo(SyncPolicy.NEVER);
    assertThat(with("journal-sync", "50ms").sync())
        .isEqualTo(SyncPolicy.every(Duration.ofMillis(50)));
    for (String wrong : new String[] {"", "often", "50", "2m", "-1s"}) {
      assertThatThrownBy(() -> with("journal-sync", wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("journal-sync can't be '" + wrong + "': ");
    }
  }

  @Test
  void eachJobHasAFolderOfItsOwnInTheDirectory() {
    JournalPlan plan = of(Map.of("journal", "/a/b")).orElseThrow();
    List<String> names = List.of("squares", "..", ".", "a/b", "/", "a b", "a+b", "a%2Fb", "\u00fc");
    assertThat(names.stream().map(name -> plan.ofJob(name).directory()).distinct())
        .hasSameSizeAs(names)
        .allMatch(folder ->
            folder.normalize().startsWith("/a/b") && folder.normalize().getNameCount() == 3);
    assertThat(plan.ofJob("squares").directory()).isEqualTo(Path.of("/a/b/squares"));
  }
}
