package dev.deed.evaluation.experiments.architecture.planted;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Sets and maps whose order differs from one JVM to the next.
public final class PlantedSaltedOrders {

  private PlantedSaltedOrders() {}

  static class SetOfTwo {
    Set<String> make() {
      return Set.of("a", "b");
    }
  }

  static class SetOfMany {
    Set<String> make(String... elements) {
      return Set.of(elements);
    }
  }

  static class SetCopy {
    Set<String> make(List<String> elements) {
      return Set.copyOf(elements);
    }
  }

  static class MapOfTwo {
    Map<String, String> make() {
      return Map.of("a", "b", "c", "d");
    }
  }

  static class MapOfEntries {
    Map<String, String> make() {
      return Map.ofEntries(Map.entry("a", "b"));
    }
  }

  static class MapCopy {
    Map<String, String> make(Map<String, String> entries) {
      return Map.copyOf(entries);
    }
  }

  static class CollectedSet {
    Set<String> make(List<String> elements) {
      return elements.stream().collect(Collectors.toUnmodifiableSet());
    }
  }

  static class CollectedMap {
    Map<String, String> make(List<String> elements) {
      return elements.stream().collect(Collectors.toUnmodifiableMap(e -> e, e -> e));
    }
  }
}
