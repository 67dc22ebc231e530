package dev.deed.faultinjection.explorer;

import java.util.ArrayList;
import java.util.List;

/// A way through a configuration: the steps that were chosen, one after another, in a form that a
/// test can keep.
///
/// @param configuration its name
/// @param steps by the names that [Names#step] gives them
public record Path(String configuration, List<String> steps) {
  private static final String SEPARATOR = "; ";

  /// Reads what [#toString] wrote; line ends count as separators, so that long paths may be broken.
  public static Path parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "a path is \"configuration: step; step; …\", and this has no colon: " + text);
    }
    List<String> steps = new ArrayList<>();
    for (String step : text.substring(colon + 1).split("[;\n]", -1)) {
      if (!step.isBlank()) {
        steps.add(step.strip());
      }
    }
    return new Path(text.substring(0, colon).strip(), List.copyOf(steps));
  }

  @Override
  public String toString() {
    return configuration + ": " + String.join(SEPARATOR, steps);
  }
}
