package dev.deed;

import org.jspecify.annotations.Nullable;

/// A block that tidies up after itself: of what this thread creates (by submit, run, put) while the
/// scope is its innermost open one, and doesn't [#keep], unfinished tasks are cancelled and all
/// references are closed when the scope is.
///
/// Belongs to the thread that opened it; scopes of a thread are closed in the opposite order.
/// Anything else is an [IllegalStateException].
public interface Scope extends AutoCloseable {

  /// Takes a reference out of the care of this scope (an enclosing one does not care for it either)
  /// and returns it.
  <T extends @Nullable Object> Ref<T> keep(Ref<T> ref);

  /// Cancels and closes what was created in this scope and not kept. Twice is harmless.
  @Override
  void close();
}
