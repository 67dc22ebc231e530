package dev.deed;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// The code of a task that is given the values of five joined references. See [Task0] for what it
/// may capture.
///
/// @param <A> type of the first value
/// @param <B> type of the second value
/// @param <C> type of the third value
/// @param <D> type of the fourth value
/// @param <E> type of the fifth value
/// @param <R> type of the result, which may be null
@FunctionalInterface
public interface Task5<
        A extends @Nullable Object,
        B extends @Nullable Object,
        C extends @Nullable Object,
        D extends @Nullable Object,
        E extends @Nullable Object,
        R extends @Nullable Object>
    extends Serializable {

  /// Computes the result, on a virtual thread of the executing worker. Whatever it throws reaches
  /// the readers as the cause of a [TaskFailedException].
  R run(A a, B b, C c, D d, E e) throws Exception;
}
