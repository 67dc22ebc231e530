package dev.deed.futures.runtime;

import dev.deed.InterruptedGetException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Holds submitting threads up while messages wait for a link that is full. Thread-safe.
///
/// Nobody passes it but threads of user code: whoever receives or drains must go on, since that is
/// what opens the gate.
final class SubmitGate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition opened = lock.newCondition();
  private volatile boolean shut;
  private volatile boolean ended;

  /// Number of threads that wait. Guarded by the lock.
  private int waiting;

  /// How often it was shut. Guarded by the lock.
  private long shuts;

  /// Waits while the gate is shut. Throws [InterruptedGetException] (the flag stays set) when this
  /// thread is interrupted meanwhile.
  void pass() {
    if (shut) {
      await();
    }
  }

  private void await() {
    lock.lock();
    try {
      waiting++;
      while (shut && !ended) {
        opened.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedGetException(
          "interrupted while a slow worker held the call up; the task was not submitted", e);
    } finally {
      waiting--;
      lock.unlock();
    }
  }

  /// Shuts the gate, or opens it.
  void shut(boolean value) {
    if (shut != value) {
      lock.lock();
      try {
        shut = value;
        shuts += value ? 1 : 0;
        opened.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /// Opens it for good: nothing is sent any more.
  void end() {
    lock.lock();
    try {
      ended = true;
      opened.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isShut() {
    return shut;
  }

  /// How often it was shut so far.
  long shuts() {
    lock.lock();
    try {
      return shuts;
    } finally {
      lock.unlock();
    }
  }

  /// Number of threads that are held up.
  int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }
}
