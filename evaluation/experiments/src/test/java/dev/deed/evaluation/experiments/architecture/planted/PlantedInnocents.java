package dev.deed.evaluation.experiments.architecture.planted;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// What every rule must let through.
public final class PlantedInnocents {

  private PlantedInnocents() {}

  static class TypedError extends RuntimeException {
    private static final long serialVersionUID = 1;

    TypedError(String message) {
      super(message);
    }
  }

  record SomeData(String name, List<String> names) implements Serializable {}

  static class SomeCode {
    private final Map<String, ByteBuffer> buffers = new HashMap<>();

    long use(Duration timeout) {
      if (!buffers.keySet().equals(Set.of("one")) || Map.of("a", "b").isEmpty()) {
        throw new TypedError("not one: " + buffers.size());
      }
      Runnable task = buffers::clear;
      task.run();
      return TimeUnit.SECONDS.toNanos(1) + timeout.toNanos();
    }
  }
}
