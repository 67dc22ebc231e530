package dev.deed.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The ratios beside the figures.
class ComparisonTest {
  private static final Figure COPY = new Figure("limit.memcpy", 2, "GiB/s");
  private static final Figure RTT = new Figure("limit.tcp.rtt", 10, Figure.MICROS);

  @Test
  void figuresAreToldAsMultiplesOfTheirLimit() {
    Figure latency = new Figure("task.sync.p50", 25, Figure.MICROS);
    assertThat(new Comparison(List.of(RTT, latency)).toLimit(latency)).hasValue(2.5);
  }

  @Test
  void mebibytesASecondAreComparedWithGibibytes() {
    Figure large = Figure.rate("put-get.1MiB", 512);
    assertThat(new Comparison(List.of(COPY, large)).toLimit(large)).hasValue(0.25);
  }

  @Test
  void withoutItsLimitAFigureHasNoRatio() {
    Figure large = Figure.rate("put-get.1MiB", 512);
    assertThat(new Comparison(List.of(large)).toLimit(large)).isEmpty();
    assertThat(Comparison.toRay(large)).isEmpty();
  }

  @Test
  void raysFiguresAreThoseOfTheIssue() {
    assertThat(Comparison.toRay(Figure.rate("task.async", 13_000))).hasValue(10.0);
    assertThat(Comparison.toRay(Figure.rate("wait.1k", 1.1))).hasValue(1.0);
  }

  @Test
  void theTableHasARowForEachFigure() {
    List<String> lines = new Comparison(List.of(RTT, COPY)).table();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1)).startsWith("limit.tcp.rtt").contains("10", "us");
  }
}
