package dev.deed;

import org.jspecify.annotations.Nullable;

/// How a task came out.
///
/// @param <T> type of the value, which may be null
public sealed interface Outcome<T extends @Nullable Object> {

  /// There is a value.
  record Success<T extends @Nullable Object>(T value) implements Outcome<T> {}

  /// There is none, and never will be.
  record Failure<T extends @Nullable Object>(DeedException error) implements Outcome<T> {}
}
