package dev.deed.transport.journal;

import java.util.Optional;

/// A file of the journal.
///
/// @param number its number, from 1
/// @param base whether it stands for all segments up to its number
/// @param bytes how long its good part is
record Segment(long number, boolean base, long bytes) {
  private static final String LOG = ".log";
  private static final String BASE = ".base";

  /// What a base is called before it is complete.
  static final String UNFINISHED = ".unfinished";

  private static final int DIGITS = 16;

  /// The name of a file.
  static String name(long number, boolean base) {
    return "%016x".formatted(number) + (base ? BASE : LOG);
  }

  /// The name of the file.
  String name() {
    return name(number, base);
  }

  /// What the name of a file says; empty for the name of anything else.
  static Optional<Segment> parse(String name, long bytes) {
    boolean base = name.endsWith(BASE);
    String digits = name.substring(0, Math.min(DIGITS, name.length()));
    try {
      long number = Long.parseLong(digits, 16);
      return number > 0 && name(number, base).equals(name)
          ? Optional.of(new Segment(number, base, bytes))
          : Optional.empty();
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }
}
