package dev.deed.futures.runtime;

import dev.deed.CancelMode;
import dev.deed.ObjectId;
import dev.deed.Outcome;
import dev.deed.Ref;
import dev.deed.Task1;
import dev.deed.lineage.Reference;
import java.io.NotSerializableException;
import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A reference with a handle in one worker's tables.
public final class HandleRef<T extends @Nullable Object> implements Ref<T>, Serializable {
  private static final long serialVersionUID = 1L;

  private final transient WorkerRuntime runtime;
  private final transient Handle handle;
  private final transient @Nullable LocalCall call;

  HandleRef(WorkerRuntime runtime, Reference reference, long number, @Nullable LocalCall call) {
    this.runtime = runtime;
    this.call = call;
    this.handle = runtime.handles().attach(this, reference, number);
  }

  WorkerRuntime runtime() {
    return runtime;
  }

  Reference reference() {
    return handle.reference();
  }

  Handle handle() {
    return handle;
  }

  /// The execution of the task, while it waits in this worker.
  @Nullable TaskRun queued() {
    LocalCall local = call;
    return local == null ? null : local.queued;
  }

  /// A task waits for the result of the task, which has not begun in this worker.
  void hurry() {
    LocalCall local = call;
    if (local != null) {
      local.awaited = true;
    }
  }

  /// Refuses the use of what was given back.
  HandleRef<T> use() {
    if (handle.dropped()) {
      throw new IllegalStateException(
          "this Ref to "
              + handle.reference().object()
              + " is closed; another one may still be used");
    }
    runtime.checkOpen();
    return this;
  }

  /// The reference as this runtime made it, ready to be used by `runtime`; throws
  /// [IllegalArgumentException] for one of another session.
  static <T extends @Nullable Object> HandleRef<T> of(Ref<T> ref, WorkerRuntime runtime) {
    HandleRef<T> own = of(ref);
    if (own.runtime != runtime) {
      own.runtime.checkOpen();
      throw new IllegalArgumentException(
          "the Ref to " + own.reference().object() + " belongs to another session");
    }
    return own;
  }

  /// The reference as this runtime made it, ready to be used.
  static <T extends @Nullable Object> HandleRef<T> of(Ref<T> ref) {
    if (ref instanceof HandleRef<T> own) {
      return own.use();
    }
    throw new IllegalArgumentException("a Ref that Deed did not make: " + ref.getClass().getName());
  }

  @Override
  public T get() {
    return Readers.get(use(), Long.MAX_VALUE);
  }

  @Override
  public T get(Duration timeout) {
    return Readers.get(use(), Readers.deadlineNs(timeout));
  }

  @Override
  public Outcome<T> await() {
    return Readers.await(use());
  }

  @Override
  public boolean isDone() {
    return Readers.isDone(use());
  }

  @Override
  public <R extends @Nullable Object> Ref<R> then(Task1<? super T, ? extends R> task) {
    return Verbs.then(use(), task);
  }

  @Override
  public CompletableFuture<T> toFuture() {
    return Readers.future(use());
  }

  @Override
  public boolean cancel() {
    return cancel(CancelMode.INTERRUPT);
  }

  @Override
  public boolean cancel(CancelMode mode) {
    return Readers.cancel(use(), mode);
  }

  @Override
  public void close() {
    if (!handle.dropped()) {
      runtime.drop(handle);
    }
  }

  @Override
  public ObjectId id() {
    if (handle.dropped()) {
      return Ids.object(use().reference().object());
    }
    return Ids.object(handle.reference().object());
  }

  /// The object's name and whether this reference is closed.
  @Override
  public String toString() {
    return "Ref(" + handle.reference().object() + (handle.dropped() ? ", closed)" : ")");
  }

  private Object writeReplace() throws NotSerializableException {
    throw new NotSerializableException(
        "a Ref can't be written by Java serialization, which would escape Deed's tracking: capture it"
            + " in a task, put it inside a value, or join it");
  }
}
