package dev.deed.futures.runtime;

import dev.deed.Action;
import dev.deed.MemoryReport;
import dev.deed.Session;
import dev.deed.Task0;
import dev.deed.transport.Threads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// What sessions of both backends do alike: their main program calls through a worker in this JVM.
abstract class WorkerSession implements Session {
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  /// The worker that the main program calls through.
  abstract WorkerRuntime runtime();

  /// Ends all that belongs to the session. Called once.
  abstract void end();

  @Override
  public final void runHere(Action body) {
    callHere(() -> {
      body.run();
      return null;
    });
  }

  @Override
  public final <R extends @Nullable Object> R callHere(Task0<R> body) {
    runtime().checkOpen();
    return Sessions.callIn(runtime(), body);
  }

  @Override
  public final MemoryReport memory() {
    runtime().checkOpen();
    return MemoryReports.of(runtime());
  }

  @Override
  public final void close() {
    if (!closing.compareAndSet(false, true)) {
      Threads.await(closed);
      return;
    }
    try {
      Sessions.closed(runtime());
      end();
    } finally {
      closed.countDown();
    }
  }
}
