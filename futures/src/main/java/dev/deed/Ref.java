package dev.deed;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A reference to a value that may not exist yet: the result of a task, or a value that was put.
///
/// A `Ref` may be captured by a task, put inside any value, returned from a task: its receiver gets
/// a reference of its own. While any reference to it is left anywhere, the value can be read; when
/// the last one is gone (closed, or found unreachable by the garbage collector) it is freed
/// everywhere. A `Ref` refuses to be written by Java serialization.
///
/// All methods may be called by any thread. After [#close()] every other method, and every use of
/// this reference as an argument, is an [IllegalStateException]; another `Ref` to the same value is
/// not concerned. After the session was closed they throw [SessionClosedException].
///
/// @param <T> type of the value, which may be null
public interface Ref<T extends @Nullable Object> extends AutoCloseable {

  /// Waits for the value and returns it: an immutable value may be shared with other readers, of
  /// any other each reader gets a copy. In a task the processor is given back meanwhile.
  ///
  /// Throws the [DeedException] that says why there is no value, and [InterruptedGetException] when
  /// this thread is interrupted (its flag stays set; the task goes on).
  T get();

  /// As [#get()], but waits no longer than `timeout`; then throws [DeadlineException]. The task
  /// goes on.
  T get(Duration timeout);

  /// Waits, and returns how the task came out instead of throwing. Only the end of this wait itself
  /// is thrown: [InterruptedGetException] and [SessionClosedException].
  Outcome<T> await();

  /// Whether there is a value or a failure now; doesn't wait.
  boolean isDone();

  /// Calls a task with this value when it exists: `Deed.submit(task, this)`.
  <R extends @Nullable Object> Ref<R> then(Task1<? super T, ? extends R> task);

  /// A future that is completed, on a virtual thread, with what [#get()] would return or throw.
  /// Cancelling the future doesn't cancel the task. The value stays as long as the future is not
  /// done, whether this reference is closed or not.
  CompletableFuture<T> toFuture();

  /// As [#cancel(CancelMode)] with [CancelMode#INTERRUPT].
  boolean cancel();

  /// Asks that the task of this value be given up; readers then get [TaskCancelledException]. A
  /// task that runs is told by the given mode and may still end in another way. Returns false when
  /// the value was done already (or was put), so that nothing was changed.
  boolean cancel(CancelMode mode);

  /// Gives this reference back now instead of when it is collected. Doing it twice is harmless. The
  /// task of a value that nobody refers to any more still runs.
  @Override
  void close();

  /// The name of the value.
  ObjectId id();
}
