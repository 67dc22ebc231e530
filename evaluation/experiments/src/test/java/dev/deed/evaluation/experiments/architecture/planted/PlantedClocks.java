package dev.deed.evaluation.experiments.architecture.planted;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Date;
import java.util.Timer;

/// Readings of a clock.
@SuppressWarnings({"JavaUtilDate", "TimeZoneUsage", "JavaTimeDefaultTimeZone"})
public final class PlantedClocks {

  private PlantedClocks() {}

  static class NanoTime {
    long read() {
      return System.nanoTime();
    }
  }

  static class CurrentTimeMillis {
    long read() {
      return System.currentTimeMillis();
    }
  }

  static class InstantNow {
    Instant read() {
      return Instant.now();
    }
  }

  static class LocalDateNow {
    LocalDate read() {
      return LocalDate.now();
    }
  }

  static class AClock {
    Clock read() {
      return Clock.systemUTC();
    }
  }

  static class ADate {
    long read() {
      return new Date().getTime();
    }
  }

  static class ATimer {
    void stop(Timer timer) {
      timer.cancel();
    }
  }
}
