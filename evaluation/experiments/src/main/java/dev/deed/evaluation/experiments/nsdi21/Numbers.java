package dev.deed.evaluation.experiments.nsdi21;

import java.util.Locale;

/// Numbers as the report shows them; a dash where there is none.
final class Numbers {

  private Numbers() {}

  static String seconds(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.2f", value);
  }

  static String factor(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.2f×", value);
  }
}
