package dev.deed.futures.runtime;

import dev.deed.InterruptedGetException;
import dev.deed.Ref;
import dev.deed.lineage.Reference;
import dev.deed.ownership.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// References in the order in which they get done: one wait is asked for each at the start, so that
/// a stream of n costs n answers. Used by one thread; answers come from the drainer.
final class CompletionStream<R extends Ref<?>> extends Spliterators.AbstractSpliterator<R>
    implements Waiter {
  /// Answers no reference: the session is closed.
  private static final int STOPPED = -1;

  private final WorkerRuntime runtime;
  private final List<R> refs;
  private final long firstRequest;
  private final BlockingQueue<Integer> done = new LinkedBlockingQueue<>();
  private int left;

  private CompletionStream(WorkerRuntime runtime, List<R> refs) {
    super(refs.size(), Spliterator.SIZED | Spliterator.NONNULL);
    this.runtime = runtime;
    this.refs = refs;
    this.firstRequest = runtime.nextRequests(refs.size());
    this.left = refs.size();
  }

  static <R extends Ref<?>> Stream<R> of(List<R> refs) {
    if (refs.isEmpty()) {
      return Stream.empty();
    }
    Ref<?> any = refs.getFirst();
    WorkerRuntime runtime = HandleRef.of(any).runtime();
    CompletionStream<R> stream = new CompletionStream<>(runtime, refs);
    List<Event> waits = new ArrayList<>(refs.size());
    for (Ref<?> ref : refs) {
      Reference reference = HandleRef.of(ref, runtime).reference();
      waits.add(new Event.Await(stream.firstRequest + waits.size(), List.of(reference), 1));
    }
    runtime.driver().publish(new Event.Batch(waits), stream);
    return StreamSupport.stream(stream, false).onClose(stream::abandon);
  }

  @Override
  public boolean answer(long request, Answer answer) {
    done.add(answer instanceof Answer.Awaited ? (int) (request - firstRequest) : STOPPED);
    return true;
  }

  @Override
  public boolean tryAdvance(Consumer<? super R> action) {
    if (left == 0) {
      return false;
    }
    Integer position = done.poll();
    int next = position != null ? position : take();
    if (next == STOPPED) {
      throw runtime.closedException();
    }
    left--;
    action.accept(refs.get(next));
    return true;
  }

  private int take() {
    TaskRun run = Binding.waiting(Sessions.binding());
    if (run != null) {
      run.runtime().executor().blocked(run);
    }
    try {
      return done.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      abandon();
      throw new InterruptedGetException("interrupted while waiting; the tasks go on", e);
    } finally {
      if (run != null) {
        run.runtime().executor().unblocked(run);
      }
    }
  }

  private void abandon() {
    if (left > 0) {
      List<Event> ends = new ArrayList<>(refs.size());
      for (int i = 0; i < refs.size(); i++) {
        ends.add(new Event.AwaitEnded(firstRequest + i));
      }
      left = 0;
      runtime.driver().publish(new Event.Batch(ends));
    }
  }
}
