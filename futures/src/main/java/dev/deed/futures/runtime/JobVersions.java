package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.value.ClassVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The versions of one job's code at a worker: those that are here, and those that come.
/// Thread-safe.
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

    /// @param bring is run by the thread, with this, when that is started
    Coming(String what, Thread.Builder thread, Consumer<Coming> bring) {
      this.what = what;
      bringer = thread.unstarted(() -> bring.accept(this));
    }
  }

  /// Nothing more is kept of the job.
  static final class OverException extends IOException {
    private static final long serialVersionUID = 1L;

    OverException() {
      super("its driver is no member any more");
    }
  }

  private final WorkerId id;
  private final ReentrantLock bringing = new ReentrantLock();
  private final Map<List<ClassVersion>, Coming> sought = new HashMap<>();
  private final Set<Coming> coming = new HashSet<>();
  private volatile @Nullable Coming newest;
  private boolean ended;

  /// Newest first; the list itself never changes.
  private volatile List<ShippedVersion> here = List.of();

  JobVersions(WorkerId id) {
    this.id = id;
  }

  /// The driver that has begun the job.
  WorkerId id() {
    return id;
  }

  // --- what comes --------------------------------------------------------------------------------

  /// Held by the one thread that brings a version.
  ReentrantLock bringing() {
    return bringing;
  }

  /// The version of the last driver; null if nobody has asked for it, or it could not be had.
  @Nullable Coming newest() {
    return newest;
  }

  /// The version that is being looked for since it has these classes, or null.
  synchronized @Nullable Coming sought(List<ClassVersion> classes) {
    return sought.get(classes);
  }

  /// Tasks wait for this one from here on.
  synchronized void awaitNewest(Coming one) {
    newest = one;
    coming.add(one);
  }

  /// It is looked for since it has these classes.
  synchronized void awaitSought(List<ClassVersion> classes, Coming one) {
    sought.put(classes, one);
    coming.add(one);
  }

  /// It has come, or can't be had: then who wants it next asks anew.
  synchronized void arrived(Coming one, boolean had) {
    coming.remove(one);
    sought.values().remove(one);
    if (!had && newest == one) {
      newest = null;
    }
  }

  // --- what is here ------------------------------------------------------------------------------

  /// The versions that are here, newest first.
  List<ShippedVersion> here() {
    return here;
  }

  /// The newest version that is here and has these classes.
  Optional<ShippedVersion> having(List<ClassVersion> classes) {
    return here.stream().filter(each -> each.code().has(classes)).findFirst();
  }

  /// The version that is here and consists of these parts, or null.
  @Nullable ShippedVersion of(List<CodePart> parts) {
    for (ShippedVersion each : here) {
      if (each.parts().equals(parts)) {
        return each;
      }
    }
    return null;
  }

  /// A version is here from now on, as the newest or as one of those before it. Returns those for
  /// which there is no room any more.
  synchronized List<ShippedVersion> keep(ShippedVersion version, boolean asNewest)
      throws OverException {
    checkWanted();
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

  // --- the end -----------------------------------------------------------------------------------

  /// Whether nothing of it is here, nor comes.
  synchronized boolean isEmpty() {
    return here.isEmpty() && coming.isEmpty();
  }

  /// The job is over: nothing more is kept. Returns what is on its way.
  synchronized Set<Coming> end() {
    ended = true;
    return Set.copyOf(coming);
  }

  /// Throws if the job is over.
  synchronized void checkWanted() throws OverException {
    if (ended) {
      throw new OverException();
    }
  }
}
