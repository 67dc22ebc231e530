package dev.deed.faultinjection.explorer;

import java.lang.reflect.InvocationTargetException;

/// A search of a mutant, told across class loaders in classes that both have.
public final class MutantSearch {
  /// @param violation what is wrong; empty when nothing was found
  /// @param path a shortest way there
  /// @param story the same in words
  record Finding(String violation, String path, String story, int states, double seconds) {}

  private MutantSearch() {}

  /// Loads the mutant and searches a configuration of it.
  static Finding of(Mutation mutation, String configuration, int maxStates)
      throws ReflectiveOperationException {
    Class<?> inside = new MutantLoader(mutation).loadClass(MutantSearch.class.getName());
    try {
      Object[] told =
          (Object[])
              inside
                  .getMethod("search", String.class, int.class)
                  .invoke(null, configuration, maxStates);
      return new Finding(
          (String) told[0], (String) told[1], (String) told[2], (int) told[3], (double) told[4]);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(mutation + " ended the explorer", e.getCause());
    }
  }

  /// Called inside the mutant's loader.
  public static Object[] search(String configuration, int maxStates) {
    Result result =
        Exploration.run(
            Exploration.configuration(configuration),
            Limits.ofHeap(maxStates, Double.MAX_VALUE),
            _ -> {});
    return result
        .violation()
        .map(found ->
            new Object[] {
              found.text(),
              found.path().toString(),
              String.join("\n", Exploration.story(found.path())),
              result.states(),
              result.seconds()
            })
        .orElseGet(() -> new Object[] {"", "", "", result.states(), result.seconds()});
  }
}
