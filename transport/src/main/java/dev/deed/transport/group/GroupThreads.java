package dev.deed.transport.group;

import dev.deed.transport.Threads;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jgroups.util.ThreadFactory;

/// Makes the threads of a channel, JGroups's among them, and waits for their ends. Thread-safe.
///
/// They are platform threads. User code runs on virtual ones, and with as many tasks that compute
/// as there are processors no other virtual thread comes to run before one of them ends.
final class GroupThreads implements ThreadFactory {
  private final String prefix;
  private final String suffix;
  private final Set<Thread> made = ConcurrentHashMap.newKeySet();

  /// The first begins, the second ends the names.
  GroupThreads(String prefix, String suffix) {
    this.prefix = prefix;
    this.suffix = suffix;
  }

  @Override
  public Thread newThread(Runnable task) {
    return newThread(task, "worker");
  }

  @Override
  public Thread newThread(Runnable task, String name) {
    Thread thread = Thread.ofPlatform().daemon().name(prefix + name + "-" + suffix).unstarted(task);
    // Not removed by the thread itself: it would still run when nobody knew of it any more.
    made.removeIf(old -> old.getState() == Thread.State.TERMINATED);
    made.add(thread);
    return thread;
  }

  /// Those that run now.
  List<Thread> running() {
    return made.stream().filter(Thread::isAlive).toList();
  }

  /// Waits for all that were started, except the calling one.
  void join() {
    for (Thread thread : made) {
      if (thread.getState() != Thread.State.NEW) {
        Threads.join(thread);
      }
    }
  }

  /// The same, but not beyond `deadlineNs` of [System#nanoTime].
  void joinUntil(long deadlineNs) {
    for (Thread thread : made) {
      if (thread != Thread.currentThread() && thread.getState() != Thread.State.NEW) {
        Threads.joinUntil(thread, deadlineNs);
      }
    }
  }

  @Override
  public boolean useVirtualThreads() {
    return false;
  }

  @Override
  public void setPattern(String pattern) {
    // Names are made here.
  }

  @Override
  public void setIncludeClusterName(boolean include) {
    // Names are made here.
  }

  @Override
  public void setClusterName(String name) {
    // Names are made here.
  }

  @Override
  public void setAddress(String address) {
    // Names are made here.
  }

  @Override
  public void renameThread(String name, Thread thread) {
    // Names are made here.
  }
}
