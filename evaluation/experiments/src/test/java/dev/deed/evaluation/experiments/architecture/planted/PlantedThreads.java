package dev.deed.evaluation.experiments.architecture.planted;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;

/// Threads, locks, and what is only needed where there are several threads.
@SuppressWarnings({"WaitNotInLoop", "NotifyAll", "NakedNotify", "UnusedVariable"})
public final class PlantedThreads {

  private PlantedThreads() {}

  static class AThread {
    void start(Runnable work) {
      Thread.ofVirtual().start(work);
    }
  }

  static class AThreadLocal {
    void clear(ThreadLocal<String> local) {
      local.remove();
    }
  }

  static class AnExecutor {
    ExecutorService make() {
      return Executors.newVirtualThreadPerTaskExecutor();
    }
  }

  static class AFuture {
    boolean isDone(CompletableFuture<String> future) {
      return future.isDone();
    }
  }

  static class AConcurrentMap {
    int size(ConcurrentHashMap<String, String> map) {
      return map.size();
    }
  }

  static class AnAtomic {
    long next(AtomicLong counter) {
      return counter.incrementAndGet();
    }
  }

  static class ALock {
    void take(Lock lock) {
      lock.lock();
    }
  }

  static class ASynchronizedMethod {
    synchronized void run() {}
  }

  static class ASynchronizedBlock {
    void run(Runnable work) {
      synchronized (this) {
        work.run();
      }
    }
  }

  static class AWait {
    void run(Object monitor) throws InterruptedException {
      monitor.wait();
    }
  }

  static class ANotify {
    void run(Object monitor) {
      monitor.notify();
    }
  }

  static class ANotifyAll {
    void run(Object monitor) {
      monitor.notifyAll();
    }
  }
}
