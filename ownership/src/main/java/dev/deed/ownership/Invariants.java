package dev.deed.ownership;

import org.jspecify.annotations.Nullable;

/// Assertions that are always on: a broken one is a defect of Deed, never of its user.
public final class Invariants {
  private Invariants() {}

  /// Throws [IllegalStateException] with the formatted text unless `holds`.
  public static void check(boolean holds, String format, Object... arguments) {
    if (!holds) {
      throw new IllegalStateException("broken invariant: " + String.format(format, arguments));
    }
  }

  /// What must be there: `value`, or an [IllegalStateException] that says what is missing.
  public static <T> T present(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalStateException("broken invariant: no " + what);
    }
    return value;
  }
}
