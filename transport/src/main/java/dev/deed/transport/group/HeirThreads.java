package dev.deed.transport.group;

import dev.deed.transport.Threads;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jgroups.util.ThreadFactory;

/// Makes the threads of a heirs' channel, JGroups's among them, and waits for their ends.
/// Thread-safe.
///
/// They are platform threads. User code runs on virtual ones, and with as many tasks that compute
/// as there are processors no other virtual thread comes to run before one of them ends.
final class HeirThreads implements ThreadFactory {
  private final String suffix;
  private final Set<Thread> made = ConcurrentHashMap.newKeySet();

  /// `suffix` ends the names.
  HeirThreads(String suffix) {
    this.suffix = suffix;
  }

  @Override
  public Thread newThread(Runnable task) {
    return newThread(task, "worker");
  }

  @Override
  public Thread newThread(Runnable task, String name) {
    Thread thread =
        (Boolean.getBoolean("x.virtual") ? Thread.ofVirtual() : Thread.ofPlatform().daemon())
            .name("deed-heirs-" + name + "-" + suffix)
            .unstarted(task);
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
