package dev.deed.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.Deed;
import dev.deed.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every benchmark runs and gives the figures that the issue names.
class BenchmarksTest {
  private static final List<String> NAMED =
      List.of(
          "limit.tcp.rtt",
          "limit.tcp.echo",
          "limit.forkjoin",
          "limit.memcpy",
          "task.sync",
          "task.sync.p50",
          "task.sync.p99",
          "task.async",
          "task.async.multi",
          "task.chain",
          "task.1M",
          "task.1M.heap",
          "put.small",
          "get.small",
          "put-get.1MiB",
          "task.arg.1MiB",
          "task.args.10k",
          "wait.1k",
          "get.nested.10k");

  private static List<Figure> run(Benchmark benchmark) throws Exception {
    try (Session session = Deed.local()) {
      return session.callHere(() -> benchmark.measurement().measure(Rounds.ONCE, Sizes.TINY));
    }
  }

  @TestFactory
  Stream<DynamicTest> eachRunsInItsSmallestForm() {
    return Catalogue.ALL.stream()
        .map(benchmark ->
            DynamicTest.dynamicTest(
                benchmark.name(),
                () ->
                    assertThat(run(benchmark))
                        .isNotEmpty()
                        .allSatisfy(figure -> {
                          assertThat(figure.name()).startsWith(benchmark.name());
                          assertThat(figure.value()).isFinite();
                          assertThat(figure.unit()).isNotEmpty();
                        })));
  }

  @Test
  void theFiguresHaveTheNamesOfTheIssue() throws Exception {
    List<String> found = new ArrayList<>();
    for (Benchmark benchmark : Catalogue.ALL) {
      run(benchmark).forEach(figure -> found.add(figure.name()));
    }
    assertThat(found).containsAll(NAMED).doesNotHaveDuplicates();
  }

  @Test
  void aNameBringsTheLimitsThatItIsComparedWith() {
    assertThat(Catalogue.choose(List.of("task.sync")).stream().map(Benchmark::name))
        .containsExactly("limit.tcp.rtt", "task.sync");
    assertThat(Catalogue.choose(List.of("put*")).stream().map(Benchmark::name))
        .containsExactly("limit.memcpy", "put.small", "put-get.1MiB");
    assertThat(Catalogue.choose(List.of())).isEqualTo(Catalogue.ALL);
  }
}
