package dev.deed.futures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.MemoryReport;
import dev.deed.Session;
import java.time.Duration;
import java.time.Instant;

/// Waits, with a bound, for what goes with the garbage collector or with the end of tasks.
final class Leaks {
  private static final Duration BOUND = Duration.ofSeconds(20);

  private Leaks() {}

  /// Fails unless all tables of the session become empty.
  static void assertNone(Session session) {
    assertReferences(session, 0);
  }

  /// Fails unless the tables come to have so many references.
  static void assertReferences(Session session, int count) {
    Instant end = Instant.now().plus(BOUND);
    MemoryReport report = session.memory();
    while (report.references().size() != count && Instant.now().isBefore(end)) {
      System.gc();
      Thread.onSpinWait();
      report = session.memory();
    }
    assertThat(report.references()).hasSize(count);
    if (count == 0) {
      assertThat(report.storedBytes()).isZero();
      assertThat(report.lineageBytes()).isZero();
    }
  }
}
