package dev.deed.faultinjection.chaos.processes;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Hears from the log of the driver in this process who votes in its cluster: until three do, the
/// death of one may end the cluster, which no test is to cause by accident.
final class VotersWatch extends Handler implements AutoCloseable {
  private static final long GUARD_NS = TimeUnit.SECONDS.toNanos(60);

  private final Logger logger = Logger.getLogger("dev.deed");
  private int voters;

  VotersWatch() {
    logger.setLevel(Level.FINE);
    logger.addHandler(this);
  }

  @Override
  public synchronized void publish(LogRecord entry) {
    Object[] parameters = entry.getParameters();
    if (entry.getMessage().startsWith("Voters:") && parameters[0] instanceof List<?> all) {
      voters = all.size();
      notifyAll();
    }
  }

  /// Waits until so many vote; a minute is a failure.
  synchronized void await(int count) throws InterruptedException {
    long deadline = System.nanoTime() + GUARD_NS;
    while (voters < count) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError(voters + " voters, not " + count);
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  @Override
  public void flush() {
    // Nothing is kept back.
  }

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setLevel(null);
  }
}
