package dev.deed.futures.runtime;

import dev.deed.lineage.Reference;
import dev.deed.ownership.Event;
import dev.deed.transport.Threads;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All handles of one worker that are not dropped yet. Thread-safe.
/*
 * State. A handle must stay reachable until its reference object is found dead, so each stands in one
 * of several doubly linked lists, by its number; a list has a lock of its own. A thread takes dead
 * handles from the queue and publishes them in batches: it is a platform thread, so that memory comes
 * back also while tasks keep all carriers busy.
 */
final class Handles {
  private static final int LISTS = 16;
  private static final int BATCH = 512;

  private static final class HandleList {
    private @Nullable Handle first;

    synchronized void add(Handle handle) {
      Handle second = first;
      handle.next = second;
      if (second != null) {
        second.previous = handle;
      }
      first = handle;
    }

    synchronized void remove(Handle handle) {
      Handle before = handle.previous;
      Handle after = handle.next;
      if (before != null) {
        before.next = after;
      } else if (first == handle) {
        first = after;
      }
      if (after != null) {
        after.previous = before;
      }
      handle.previous = null;
      handle.next = null;
    }

    synchronized void clear() {
      first = null;
    }
  }

  private final HandleList[] lists = new HandleList[LISTS];
  private final ReferenceQueue<HandleRef<?>> dead = new ReferenceQueue<>();
  private final AtomicLong numbers = new AtomicLong();
  private final Consumer<Event> publisher;
  private final Thread collector;

  /// Publishes what is dropped through `publisher`.
  Handles(String threadName, Consumer<Event> publisher) {
    for (int i = 0; i < LISTS; i++) {
      lists[i] = new HandleList();
    }
    this.publisher = publisher;
    this.collector = Thread.ofPlatform().daemon().name(threadName).unstarted(this::collect);
  }

  void start() {
    collector.start();
  }

  /// A number for a handle, never given before.
  long nextNumber() {
    return numbers.incrementAndGet();
  }

  /// Attaches a handle to a new reference object.
  Handle attach(HandleRef<?> ref, Reference reference, long number) {
    Handle handle = new Handle(ref, dead, reference, number);
    list(handle).add(handle);
    return handle;
  }

  /// Gives a handle back; returns false if it was before.
  boolean drop(Handle handle) {
    if (!handle.drop()) {
      return false;
    }
    handle.clear();
    list(handle).remove(handle);
    publisher.accept(new Event.HandleDropped(handle.reference(), handle.number()));
    return true;
  }

  /// Gives several back as one event.
  void dropAll(Iterable<Handle> handles) {
    List<Event> events = new ArrayList<>();
    for (Handle handle : handles) {
      if (handle.drop()) {
        handle.clear();
        list(handle).remove(handle);
        events.add(new Event.HandleDropped(handle.reference(), handle.number()));
      }
    }
    if (!events.isEmpty()) {
      publisher.accept(new Event.Batch(events));
    }
  }

  private HandleList list(Handle handle) {
    return lists[(int) handle.number() & (LISTS - 1)];
  }

  private void collect() {
    List<Handle> batch = new ArrayList<>(BATCH);
    try {
      while (true) {
        batch.add((Handle) dead.remove());
        while (batch.size() < BATCH && dead.poll() instanceof Handle next) {
          batch.add(next);
        }
        dropAll(batch);
        batch.clear();
      }
    } catch (InterruptedException _) {
      // Closed: the only one who knows this thread has interrupted it.
    }
  }

  /// Ends the thread, waits for that, and lets go of all handles.
  void close() {
    collector.interrupt();
    Threads.join(collector);
    for (HandleList list : lists) {
      list.clear();
    }
  }
}
