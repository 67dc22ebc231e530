package dev.deed.futures.runtime;

import dev.deed.CodeMismatchException;
import dev.deed.InterruptedGetException;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.transport.Threads;
import dev.deed.transport.value.ClassVersion;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The code of the programs whose tasks a worker executes, asked of each program's driver when its
/// first task comes, told to other workers while there is no driver, and given up when nobody may
/// continue what the driver has begun. Thread-safe.
/*
 * State. A version of a job's code is *coming* (its future is open), *here*, or unknown. One that failed is unknown
 * again, so that the next task asks anew.
 *
 * Drivers. The code of a named job is asked for when the job begins, since its tasks may outlive its driver. While
 * there is no driver, who lacks the code asks the other workers, or waits for the next one. When that comes it is asked
 * which parts its code has: these are the newest version, with which the tasks that come from then on are executed, and
 * earlier ones stay. If it dies before it has answered, and no other worker knows what it would have said, what was
 * newest before is so again.
 *
 * Versions. A task is executed with the code that its call was made with. Which that was is told by the hashes of the
 * function's classes: where the newest version has others, that which has them is looked for, here first, then at the
 * driver and at all workers. So of two versions that differ only in classes that no function is made from, the newer
 * one is taken. What the worker has on its own class path comes first in every version.
 *
 * Threads. A version is brought by a thread of its own: an interrupt of one of the tasks that wait must not break a
 * connection off that others need. The thread outlives neither its job nor the worker.
 */
final class ShippedJobs implements Jobs, AutoCloseable {
  private final JobCode program;
  private final CodeDelivery delivery;
  private final VersionBringer bringer;
  private final Path folder;
  private final Predicate<WorkerId> over;

  /// Guarded by itself. What is not in it gets nothing that comes, so an entry is looked up and
  /// added to in one go.
  private final Map<WorkerId, JobVersions> jobs = new HashMap<>();

  private boolean closed;

  /// @param program the code that this worker was started with
  /// @param folder of this worker alone, for the parts; made when the first one comes
  /// @param over whether a driver is dead and nobody will continue what it has begun
  /// @param away whether it is dead and somebody may
  ShippedJobs(
      JobCode program,
      CodeDelivery.Source source,
      Path folder,
      Predicate<WorkerId> over,
      Predicate<WorkerId> away) {
    this.program = program;
    this.delivery = new CodeDelivery(source, folder, over, away);
    this.bringer = new VersionBringer(program, delivery, away);
    this.folder = folder;
    this.over = over;
  }

  // --- what tasks want ---------------------------------------------------------------------------

  @Override
  public JobCode of(WorkerId id) {
    if (id.equals(program.job())) {
      return program;
    }
    while (true) {
      JobVersions.Coming newest = newest(id);
      try {
        JobCode code = await(newest).code();
        if (!renewed(id, newest)) {
          return code;
        }
      } catch (CodeMismatchException e) {
        if (!renewed(id, newest)) {
          throw e;
        }
      }
    }
  }

  /// Whether the next driver has come meanwhile.
  private boolean renewed(WorkerId id, JobVersions.Coming newest) {
    JobVersions job = known(id);
    JobVersions.Coming last = job == null ? null : job.newest();
    return last != null && last != newest;
  }

  @Override
  public JobCode of(WorkerId id, List<ClassVersion> classes) {
    if (id.equals(program.job())
        || classes.stream().anyMatch(each -> each.isOtherIn(program.loader()))) {
      return of(id);
    }
    JobVersions job = known(id);
    Optional<ShippedVersion> here = job == null ? Optional.empty() : job.having(classes);
    return here.isPresent() ? here.get().code() : await(seek(id, classes)).code();
  }

  private static ShippedVersion await(JobVersions.Coming coming) {
    try {
      return coming.version.get();
    } catch (ExecutionException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new CodeMismatchException(
          coming.what + " can't be had: " + reason.getMessage(), reason);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedGetException("interrupted while the code of the task came", e);
    }
  }

  private @Nullable JobVersions known(WorkerId id) {
    synchronized (jobs) {
      return jobs.get(id);
    }
  }

  // --- what comes --------------------------------------------------------------------------------

  private JobVersions.Coming newest(WorkerId id) {
    synchronized (jobs) {
      JobVersions job = job(id);
      JobVersions.Coming known = job.newest();
      if (known != null) {
        return known;
      }
      JobVersions.Coming coming = newest(job);
      start(coming);
      return coming;
    }
  }

  private JobVersions job(WorkerId id) {
    return closed ? new JobVersions(id) : jobs.computeIfAbsent(id, JobVersions::new);
  }

  /// The newest version from here on; not started.
  private JobVersions.Coming newest(JobVersions job) {
    JobVersions.Coming before = job.newest();
    JobVersions.Coming coming = coming(job, "", () -> bringer.newest(job, before));
    job.awaitNewest(coming);
    return coming;
  }

  private JobVersions.Coming coming(JobVersions job, String which, Bringing how) {
    String brief = job.id().brief();
    return new JobVersions.Coming(
        "the code of the program of driver " + brief + which,
        Thread.ofVirtual().name("deed-code-" + brief).inheritInheritableThreadLocals(false),
        coming -> bring(job, coming, how));
  }

  private void start(JobVersions.Coming coming) {
    if (closed) {
      coming.version.completeExceptionally(new IOException("this worker ends"));
    } else {
      coming.bringer.start();
    }
  }

  /// A driver has begun a job: its code is brought while it is there.
  void expect(WorkerId id) {
    if (!id.equals(program.job())) {
      newest(id);
    }
  }

  /// Another driver continues the job that driver `id` had begun, maybe with other code: tasks that
  /// come from here on wait for it. It is asked when what this returns is run, once it is known who
  /// it is.
  Runnable renew(WorkerId id) {
    synchronized (jobs) {
      JobVersions job = jobs.get(id);
      if (job == null || closed) {
        return () -> {};
      }
      JobVersions.Coming coming = newest(job);
      return coming.bringer::start;
    }
  }

  /// A version that has these classes is looked for.
  private JobVersions.Coming seek(WorkerId id, List<ClassVersion> classes) {
    synchronized (jobs) {
      JobVersions job = job(id);
      JobVersions.Coming known = job.sought(classes);
      if (known != null) {
        return known;
      }
      JobVersions.Coming coming = coming(job, " with " + classes, () -> bringer.with(job, classes));
      job.awaitSought(classes, coming);
      start(coming);
      return coming;
    }
  }

  /// How a version is brought.
  @FunctionalInterface
  private interface Bringing {
    ShippedVersion run() throws IOException;
  }

  private void bring(JobVersions job, JobVersions.Coming coming, Bringing how) {
    try {
      job.checkWanted();
      ShippedVersion version = how.run();
      arrived(job, coming, true);
      coming.version.complete(version);
    } catch (IOException | MalformedException e) {
      arrived(job, coming, false);
      coming.version.completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      arrived(job, coming, false);
      coming.version.completeExceptionally(e);
      throw e;
    }
    if (over.test(job.id())) {
      // Nobody will tell of its end any more.
      ended(job.id());
    }
  }

  private void arrived(JobVersions job, JobVersions.Coming coming, boolean had) {
    synchronized (jobs) {
      job.arrived(coming, had);
      if (job.isEmpty()) {
        jobs.remove(job.id(), job);
      }
    }
  }

  // --- what others want --------------------------------------------------------------------------

  /// The parts of a version, as far as this worker has one that fits the question. An
  /// [Inquiry.RefusedException] says why they can't be had.
  List<CodePart> parts(Question.CodeParts asked) throws IOException {
    JobVersions job = known(asked.job());
    Optional<ShippedVersion> version =
        job == null
            ? Optional.empty()
            : asked.classes().isEmpty() ? newestHere(job) : job.having(asked.classes());
    if (version.isEmpty()) {
      throw new Inquiry.RefusedException(
          "this worker does not have the code of " + asked.job().brief());
    }
    if (!asked.known().containsAll(version.get().known())) {
      throw new Inquiry.RefusedException("this worker has jars that the asker lacks");
    }
    return version.get().parts();
  }

  /// The newest version, unless it is still to come.
  private static Optional<ShippedVersion> newestHere(JobVersions job) {
    JobVersions.Coming newest = job.newest();
    return newest != null && newest.version.isDone() && !newest.version.isCompletedExceptionally()
        ? Optional.of(newest.version.join())
        : Optional.empty();
  }

  /// The bytes of a part.
  InquiryServer.Reply part(Question.Digest digest) throws IOException {
    Path jar =
        everything()
            .filter(version -> version.hasPart(digest))
            .findFirst()
            .map(version -> version.jar(digest))
            .orElseThrow(() ->
                new Inquiry.RefusedException("this worker has no code named " + digest.hex()));
    FileChannel file = FileChannel.open(jar);
    return new InquiryServer.Reply(file, file.size());
  }

  private Stream<ShippedVersion> everything() {
    synchronized (jobs) {
      return jobs.values().stream().map(JobVersions::here).toList().stream().flatMap(List::stream);
    }
  }

  // --- the end -----------------------------------------------------------------------------------

  /// Drivers have died, or jobs have ended: the code of those that are over is given up.
  void endOver() {
    List<WorkerId> all;
    synchronized (jobs) {
      all = List.copyOf(jobs.keySet());
    }
    all.stream().filter(over).forEach(this::ended);
  }

  /// The driver is no member any more, and nobody will continue what it has begun.
  void ended(WorkerId id) {
    JobVersions left;
    synchronized (jobs) {
      left = jobs.remove(id);
    }
    if (left != null) {
      give(id, left);
    }
  }

  private void give(WorkerId id, JobVersions job) {
    for (JobVersions.Coming each : job.end()) {
      each.bringer.interrupt();
      Threads.join(each.bringer);
    }
    try {
      for (ShippedVersion each : job.here()) {
        each.close();
      }
      ClusterDirectory.remove(delivery.folder(id));
    } catch (IOException e) {
      System.getLogger("dev.deed")
          .log(System.Logger.Level.WARNING, "The code of a job was not given up cleanly: " + e);
    }
  }

  /// Gives up all jobs.
  @Override
  public void close() throws IOException {
    Map<WorkerId, JobVersions> left;
    synchronized (jobs) {
      closed = true;
      left = Map.copyOf(jobs);
      jobs.clear();
    }
    left.forEach(this::give);
    ClusterDirectory.remove(folder);
  }
}
