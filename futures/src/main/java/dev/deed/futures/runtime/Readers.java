package dev.deed.futures.runtime;

import dev.deed.CancelMode;
import dev.deed.DeadlineException;
import dev.deed.DeedException;
import dev.deed.InterruptedGetException;
import dev.deed.Ready;
import dev.deed.Ref;
import dev.deed.SessionClosedException;
import dev.deed.lineage.Reference;
import dev.deed.ownership.Event;
import dev.deed.ownership.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a program does with references other than pass them on: the waiting verbs.
public final class Readers {
  private Readers() {}

  /// See [dev.deed.Deed#getAll].
  public static <T extends @Nullable Object> List<T> getAll(
      Collection<? extends Ref<? extends T>> refs) {
    List<HandleRef<? extends T>> all = new ArrayList<>(refs.size());
    for (Ref<? extends T> ref : refs) {
      all.add(HandleRef.of(ref));
    }
    return all.isEmpty() ? new ArrayList<>() : GroupRead.getAll(all);
  }

  /// See [dev.deed.Deed#await].
  public static <R extends Ref<?>> Ready<R> await(Collection<R> refs, int count, Duration timeout) {
    List<R> all = List.copyOf(refs);
    if (count < 0 || count > all.size()) {
      throw new IllegalArgumentException("a count of 0 to " + all.size() + ": " + count);
    }
    if (all.isEmpty()) {
      return new Ready<>(List.of(), List.of());
    }
    Ref<?> any = all.getFirst();
    WorkerRuntime runtime = HandleRef.of(any).runtime();
    List<Reference> references = new ArrayList<>(all.size());
    for (Ref<?> ref : all) {
      references.add(HandleRef.of(ref, runtime).reference());
    }
    BitSet done;
    try {
      done = awaitDone(runtime, references, count, deadlineNs(timeout));
    } finally {
      java.lang.ref.Reference.reachabilityFence(all);
    }
    List<R> ready = new ArrayList<>();
    List<R> pending = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      (done.get(i) ? ready : pending).add(all.get(i));
    }
    return new Ready<>(ready, pending);
  }

  static BitSet awaitDone(
      WorkerRuntime runtime, List<Reference> references, int count, long deadlineNs) {
    long request = runtime.nextRequests(1);
    Wait wait = new Wait();
    runtime.driver().publish(new Event.Await(request, references, count), wait);
    Answer answer;
    try {
      answer = wait.awaitUntil(runtime, deadlineNs);
    } catch (InterruptedGetException e) {
      runtime.driver().publish(new Event.AwaitEnded(request));
      throw e;
    }
    if (answer == null) {
      runtime.driver().publish(new Event.AwaitEnded(request));
      // What is done by now is asked anew: the answer to the first wait went unread.
      return awaitDone(runtime, references, 0, Long.MAX_VALUE);
    }
    if (!(answer instanceof Answer.Awaited(BitSet done))) {
      throw runtime.closedException();
    }
    return done;
  }

  /// See [dev.deed.Deed#asCompleted].
  public static <R extends Ref<?>> Stream<R> asCompleted(Collection<R> refs) {
    return CompletionStream.of(List.copyOf(refs));
  }

  /// When a wait that begins now is over.
  static long deadlineNs(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("a timeout is not negative: " + timeout);
    }
    try {
      return Math.addExact(System.nanoTime(), timeout.toNanos());
    } catch (ArithmeticException _) {
      return Long.MAX_VALUE;
    }
  }

  static <T extends @Nullable Object> T get(HandleRef<T> ref, long deadlineNs) {
    WorkerRuntime runtime = ref.runtime();
    JobCode code = runtime.codeHere();
    if (deadlineNs == Long.MAX_VALUE) {
      tryInPlace(ref);
    }
    long request = runtime.nextRequests(1);
    Wait wait = new Wait();
    runtime.driver().publish(new Event.Get(request, ref.reference()), wait);
    Answer answer;
    try {
      if (deadlineNs != Long.MAX_VALUE && !wait.answered()) {
        // Where another thread drains, the time must not be over before the core has looked: what
        // it answers to this is behind what it answers at once to the get.
        isDone(ref);
      }
      answer = wait.awaitUntil(runtime, deadlineNs);
    } catch (InterruptedGetException e) {
      runtime.driver().publish(new Event.GetAbandoned(request));
      throw e;
    } finally {
      java.lang.ref.Reference.reachabilityFence(ref);
    }
    if (answer == null) {
      runtime.driver().publish(new Event.GetAbandoned(request));
      throw new DeadlineException(
          "no value of "
              + ref.reference().object()
              + " within the time that the get was given; its task, if any, goes on",
          null);
    }
    return read(runtime, code, answer);
  }

  /// Waits until the value can be read, without reading it; throws what a get would.
  static void awaitReadable(HandleRef<?> ref) {
    WorkerRuntime runtime = ref.runtime();
    long request = runtime.nextRequests(1);
    Wait wait = new Wait();
    runtime.driver().publish(new Event.Get(request, ref.reference()), wait);
    Answer answer;
    try {
      answer = wait.await(runtime);
    } catch (InterruptedGetException e) {
      runtime.driver().publish(new Event.GetAbandoned(request));
      throw e;
    } finally {
      java.lang.ref.Reference.reachabilityFence(ref);
    }
    if (!(answer instanceof Answer.Got got)) {
      throw runtime.closedException();
    }
    if (endsLater(got.outcome())) {
      runtime.driver().publish(new Event.ReadDone(request));
    }
    if (got.outcome() instanceof Outcome.Failed(var failure)) {
      throw runtime.failures().toException(runtime.codeHere(), failure);
    }
  }

  /// If this thread is a task's, executes the task here if it waits in this worker's executor, and
  /// has it go before others if it isn't there yet.
  private static void tryInPlace(HandleRef<?> ref) {
    Binding binding = Sessions.binding();
    if (binding == null || binding.run == null) {
      return;
    }
    TaskRun queued = ref.queued();
    if (queued != null) {
      ref.runtime().executor().runInPlace(queued, binding);
    } else {
      ref.hurry();
    }
  }

  /// The value that an answer brought; ends the request.
  @SuppressWarnings("TypeParameterUnusedInFormals")
  static <T extends @Nullable Object> T read(WorkerRuntime runtime, JobCode code, Answer answer) {
    if (!(answer instanceof Answer.Got got)) {
      throw runtime.closedException();
    }
    try {
      return decode(runtime, code, got);
    } finally {
      if (endsLater(got.outcome())) {
        runtime.driver().publish(new Event.ReadDone(got.request()));
      }
    }
  }

  /// The value that an answer brought, or the exception that says why there is none. That it has
  /// the type that the reader expects is the word of the program's own types.
  @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"})
  static <T extends @Nullable Object> T decode(
      WorkerRuntime runtime, JobCode code, Answer.Got got) {
    Values values = runtime.values();
    return (T)
        switch (got.outcome()) {
          case Outcome.Inline(var value) -> values.decode(code, value);
          case Outcome.Stored(var value, _) -> values.decodeStored(code, got.reference(), value);
          case Outcome.Failed(var failure) -> throw runtime.failures().toException(code, failure);
        };
  }

  /// Whether a get with this answer lasts until its value has been decoded.
  static boolean endsLater(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Inline(var value) -> !value.references().isEmpty();
      case Outcome.Stored _ -> true;
      case Outcome.Failed _ -> false;
    };
  }

  static <T extends @Nullable Object> dev.deed.Outcome<T> await(HandleRef<T> ref) {
    try {
      return new dev.deed.Outcome.Success<>(get(ref, Long.MAX_VALUE));
    } catch (InterruptedGetException | SessionClosedException e) {
      throw e;
    } catch (DeedException e) {
      return new dev.deed.Outcome.Failure<>(e);
    }
  }

  static boolean isDone(HandleRef<?> ref) {
    WorkerRuntime runtime = ref.runtime();
    Wait wait = new Wait();
    List<Reference> references = List.of(ref.reference());
    Answer answer;
    try {
      runtime.driver().publish(new Event.Await(runtime.nextRequests(1), references, 0), wait);
      answer = wait.await(runtime);
    } finally {
      java.lang.ref.Reference.reachabilityFence(ref);
    }
    if (!(answer instanceof Answer.Awaited(BitSet done))) {
      throw runtime.closedException();
    }
    return !done.isEmpty();
  }

  static boolean cancel(HandleRef<?> ref, CancelMode mode) {
    if (isDone(ref)) {
      return false;
    }
    dev.deed.ownership.CancelMode told =
        mode == CancelMode.COOPERATIVE
            ? dev.deed.ownership.CancelMode.COOPERATIVE
            : dev.deed.ownership.CancelMode.INTERRUPT;
    boolean recursive = mode != CancelMode.NOT_RECURSIVE;
    try {
      ref.runtime().driver().publish(new Event.Cancel(ref.reference(), told, recursive));
    } finally {
      java.lang.ref.Reference.reachabilityFence(ref);
    }
    return true;
  }

  static <T extends @Nullable Object> CompletableFuture<T> future(HandleRef<T> ref) {
    WorkerRuntime runtime = ref.runtime();
    JobCode code = runtime.codeHere();
    CompletableFuture<T> future = new CompletableFuture<>();
    Event get = new Event.Get(runtime.nextRequests(1), ref.reference());
    Waiter completer =
        (_, answer) -> {
          Thread.ofVirtual()
              .name("deed-future")
              .inheritInheritableThreadLocals(false)
              .start(() -> complete(future, runtime, code, answer));
          return true;
        };
    try {
      runtime.driver().publish(get, completer);
    } finally {
      java.lang.ref.Reference.reachabilityFence(ref);
    }
    return future;
  }

  private static <T extends @Nullable Object> void complete(
      CompletableFuture<T> future, WorkerRuntime runtime, JobCode code, Answer answer) {
    T value;
    try {
      value = Readers.read(runtime, code, answer);
    } catch (RuntimeException | Error e) {
      future.completeExceptionally(e);
      return;
    }
    future.complete(value);
  }
}
