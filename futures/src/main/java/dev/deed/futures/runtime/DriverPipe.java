package dev.deed.futures.runtime;

import dev.deed.transport.Threads;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/// The pipe from the driver that has started this worker process. It ends when the driver does, or
/// wants the worker to.
/*
 * A worker hears of its driver's end in two ways: by the pipe, and by membership, as the end of the only
 * voter.  The driver closes the pipe first; so when membership tells of an orderly end, the pipe has ended
 * as well, but the thread that reads it may not have come to that.
 */
final class DriverPipe {
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  /// Returns when the pipe has ended.
  void readToEnd(InputStream pipe) {
    try {
      while (pipe.read() >= 0) {
        // The driver says nothing; it only lives.
      }
    } catch (IOException e) {
      System.getLogger("dev.deed")
          .log(System.Logger.Level.DEBUG, "The pipe from the driver has broken", e);
    }
    end.complete(null);
  }

  /// Does this when the pipe has ended; at once if it has.
  void whenEnded(Runnable action) {
    var _ = end.thenRun(action);
  }

  /// Whether the pipe has ended, or does so within `patience`.
  boolean endsWithin(Duration patience) {
    CountDownLatch ended = new CountDownLatch(1);
    whenEnded(ended::countDown);
    return Threads.awaitUntil(ended, System.nanoTime() + patience.toNanos());
  }
}
