package dev.deed.futures.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Rows of text under headings, as wide as they must be.
public final class Table {
  private static final double WHOLE = 100;
  private static final double TENTHS = 10;

  private final boolean[] right;
  private final List<String[]> rows = new ArrayList<>();

  /// The headings; each begins with `<` for a column that stands left, `>` for one that stands
  /// right.
  public Table(String... headings) {
    right = new boolean[headings.length];
    String[] first = new String[headings.length];
    for (int i = 0; i < headings.length; i++) {
      right[i] = headings[i].charAt(0) == '>';
      first[i] = headings[i].substring(1);
    }
    rows.add(first);
  }

  /// Adds a row of as many cells as there are headings.
  public void row(Object... cells) {
    if (cells.length != right.length) {
      throw new IllegalArgumentException(cells.length + " cells for " + right.length + " columns");
    }
    rows.add(Arrays.stream(cells).map(String::valueOf).toArray(String[]::new));
  }

  /// A number with as many digits as say something: 1234567, 12.3, 0.123.
  public static String number(double value) {
    double size = Math.abs(value);
    if ((value == Math.rint(value) && size < Long.MAX_VALUE) || size >= WHOLE) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, size >= TENTHS ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
  }

  /// The headings and all rows.
  public List<String> lines() {
    int[] widths = new int[right.length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private String line(String[] row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.length; i++) {
      String blank = " ".repeat(widths[i] - row[i].length());
      line.append(i == 0 ? "" : "  ").append(right[i] ? blank + row[i] : row[i] + blank);
    }
    return line.toString().stripTrailing();
  }
}
