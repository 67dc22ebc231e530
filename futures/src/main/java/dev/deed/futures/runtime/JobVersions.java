package dev.deed.futures.runtime;

import dev.deed.transport.value.ClassVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The versions of one job's code at a worker: those that are here, and those that come. Guarded by
/// its [ShippedJobs].
final class JobVersions {
  /// Most versions that are kept. Each is a program with which somebody has resumed the job, so few
  /// jobs have two. When there is one more the oldest is forgotten: a task that runs with it goes
  /// on, and a later call of it has to be looked for at others.
  static final int MOST = 8;

  /// A version that comes, or is here, or can't be had.
  static final class Coming {
    final CompletableFuture<ShippedVersion> version = new CompletableFuture<>();

    /// What comes, for people.
    final String what;

    final Thread bringer;

    Coming(String what, Thread.Builder thread, java.util.function.Consumer<Coming> bring) {
      this.what = what;
      bringer = thread.unstarted(() -> bring.accept(this));
    }
  }

  private @Nullable Coming newest;
  private final Map<List<ClassVersion>, Coming> sought = new HashMap<>();
  private final Set<Coming> coming = new HashSet<>();
  private final ReentrantLock bringing = new ReentrantLock();
  private boolean ended;

  /// Newest first; the list itself never changes.
  private List<ShippedVersion> here = List.of();

  /// The version of the last driver; null if nobody has asked for it, or it could not be had.
  @Nullable Coming newest() {
    return newest;
  }

  /// The version that is being looked for since it has these classes, or null.
  @Nullable Coming sought(List<ClassVersion> classes) {
    return sought.get(classes);
  }

  /// Tasks wait for this one from here on.
  void awaitNewest(Coming one) {
    newest = one;
    coming.add(one);
  }

  /// It is looked for since it has these classes.
  void awaitSought(List<ClassVersion> classes, Coming one) {
    sought.put(classes, one);
    coming.add(one);
  }

  /// It has come, or can't be had: then who wants it next asks anew.
  void arrived(Coming one, boolean had) {
    coming.remove(one);
    sought.values().remove(one);
    if (!had && newest == one) {
      newest = null;
    }
  }

  /// Held, without what guards the rest, by the one thread that brings a version.
  ReentrantLock bringing() {
    return bringing;
  }

  /// The versions that are here, newest first.
  List<ShippedVersion> here() {
    return here;
  }

  /// A version is here: the newest, or one of those before it. Returns those for which there is no
  /// room any more.
  List<ShippedVersion> keep(ShippedVersion version, boolean asNewest) {
    List<ShippedVersion> all = new ArrayList<>(here);
    if (asNewest) {
      all.remove(version);
      all.addFirst(version);
    } else if (!all.contains(version)) {
      all.add(Math.min(1, all.size()), version);
    }
    int kept = Math.min(MOST, all.size());
    here = List.copyOf(all.subList(0, kept));
    return List.copyOf(all.subList(kept, all.size()));
  }

  /// Whether nothing of it is here, nor comes.
  boolean isEmpty() {
    return here.isEmpty() && coming.isEmpty();
  }

  /// The job is over: nothing more is kept. Returns what is on its way.
  Set<Coming> end() {
    ended = true;
    return Set.copyOf(coming);
  }

  boolean ended() {
    return ended;
  }
}
