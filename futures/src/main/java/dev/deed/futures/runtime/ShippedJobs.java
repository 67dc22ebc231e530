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
import java.util.Set;
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
 * connection off that others need. The thread outlives neither its job nor the worker. Whoever has been told of which
 * parts a version consists brings it alone, as calls of several classes may look for the same one.
 */
final class ShippedJobs implements Jobs, AutoCloseable {
  private final JobCode program;
  private final CodeDelivery delivery;
  private final Path folder;
  private final Predicate<WorkerId> over;
  private final Predicate<WorkerId> away;

  /// Guarded by itself, with all that is in it.
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
    this.folder = folder;
    this.over = over;
    this.away = away;
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

  @Override
  public JobCode of(WorkerId id, List<ClassVersion> classes) {
    if (id.equals(program.job())
        || classes.stream().anyMatch(each -> each.isOtherIn(program.loader()))) {
      return of(id);
    }
    Optional<ShippedVersion> here = having(here(id), classes);
    return here.isPresent() ? here.get().code() : await(seek(id, classes)).code();
  }

  /// Whether the next driver has come meanwhile.
  private boolean renewed(WorkerId id, JobVersions.Coming newest) {
    synchronized (jobs) {
      JobVersions job = jobs.get(id);
      JobVersions.Coming last = job == null ? null : job.newest();
      return last != null && last != newest;
    }
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

  private static Optional<ShippedVersion> having(
      List<ShippedVersion> versions, List<ClassVersion> classes) {
    return versions.stream().filter(each -> each.code().has(classes)).findFirst();
  }

  private List<ShippedVersion> here(WorkerId id) {
    synchronized (jobs) {
      JobVersions job = jobs.get(id);
      return job == null ? List.of() : job.here();
    }
  }

  private List<ShippedVersion> here(JobVersions job) {
    synchronized (jobs) {
      return job.here();
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
      JobVersions.Coming coming = newest(id, job);
      start(coming);
      return coming;
    }
  }

  private JobVersions job(WorkerId id) {
    return closed ? new JobVersions() : jobs.computeIfAbsent(id, _ -> new JobVersions());
  }

  /// The newest version from here on; not started.
  private JobVersions.Coming newest(WorkerId id, JobVersions job) {
    JobVersions.Coming before = job.newest();
    JobVersions.Coming coming =
        new JobVersions.Coming(
            "the code of the program of driver " + id.brief(),
            thread(id),
            one -> bring(id, job, one, () -> bringNewest(id, job, before)));
    job.awaitNewest(coming);
    return coming;
  }

  private static Thread.Builder thread(WorkerId id) {
    return Thread.ofVirtual().name("deed-code-" + id.brief()).inheritInheritableThreadLocals(false);
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
      JobVersions.Coming coming = newest(id, job);
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
      JobVersions.Coming coming =
          new JobVersions.Coming(
              "the version of the code of the program of driver " + id.brief() + " with " + classes,
              thread(id),
              one -> bring(id, job, one, () -> bringOneWith(id, job, classes)));
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

  private void bring(WorkerId id, JobVersions job, JobVersions.Coming coming, Bringing how) {
    try {
      checkWanted(job);
      ShippedVersion version = how.run();
      arrived(id, job, coming, true);
      coming.version.complete(version);
    } catch (IOException | MalformedException e) {
      arrived(id, job, coming, false);
      coming.version.completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      arrived(id, job, coming, false);
      coming.version.completeExceptionally(e);
      throw e;
    }
    if (over.test(id)) {
      // Nobody will tell of its end any more.
      ended(id);
    }
  }

  private void checkWanted(JobVersions job) throws IOException {
    synchronized (jobs) {
      if (job.ended()) {
        throw isOver();
      }
    }
  }

  private void arrived(WorkerId id, JobVersions job, JobVersions.Coming coming, boolean had) {
    synchronized (jobs) {
      job.arrived(coming, had);
      if (job.isEmpty()) {
        jobs.remove(id, job);
      }
    }
  }

  private ShippedVersion bringNewest(
      WorkerId id, JobVersions job, JobVersions.@Nullable Coming before) throws IOException {
    awaitEnd(before);
    List<ShippedVersion> earlier = here(job);
    try {
      return brought(id, job, List.of(), earlier.isEmpty());
    } catch (Inquiry.RefusedException e) {
      throw e;
    } catch (IOException e) {
      if (earlier.isEmpty() || !away.test(id)) {
        throw e;
      }
      return kept(job, earlier.getFirst(), true);
    }
  }

  /// Waits until what comes for an earlier driver's tasks has come, or failed.
  private static void awaitEnd(JobVersions.@Nullable Coming before) throws IOException {
    try {
      if (before != null) {
        before.version.get();
      }
    } catch (ExecutionException _) {
      // Whoever waited for it is told.
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private ShippedVersion bringOneWith(WorkerId id, JobVersions job, List<ClassVersion> classes)
      throws IOException {
    // It may have come since it was looked for here.
    Optional<ShippedVersion> here = having(here(job), classes);
    if (here.isPresent()) {
      return here.get();
    }
    ShippedVersion version = brought(id, job, classes, true);
    if (!version.code().has(classes)) {
      throw new IOException("what came for it has other classes");
    }
    return version;
  }

  private ShippedVersion brought(
      WorkerId id, JobVersions job, List<ClassVersion> classes, boolean waits) throws IOException {
    List<Path> own = ClassPathFiles.of(System.getProperty("java.class.path"));
    Question.CodeParts question = new Question.CodeParts(id, ClassPathFiles.jars(own), classes);
    List<CodePart> parts = delivery.parts(question, waits);
    while (true) {
      try {
        return brought(question, job, parts, waits);
      } catch (Inquiry.RefusedException e) {
        List<CodePart> now = delivery.parts(question, waits);
        if (now.equals(parts)) {
          throw e;
        }
        parts = now; // Another driver, with other code, came in the middle.
      }
    }
  }

  /// The version that consists of these parts.
  private ShippedVersion brought(
      Question.CodeParts question, JobVersions job, List<CodePart> parts, boolean waits)
      throws IOException {
    try {
      job.bringing().lockInterruptibly();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    try {
      List<ShippedVersion> here = here(job);
      ShippedVersion version =
          here.stream().filter(each -> each.parts().equals(parts)).findFirst().orElse(null);
      return kept(
          job,
          version != null ? version : delivery.version(question, parts, program, waits, here),
          question.classes().isEmpty());
    } finally {
      job.bringing().unlock();
    }
  }

  private static IOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted", e);
  }

  private ShippedVersion kept(JobVersions job, ShippedVersion version, boolean asNewest)
      throws IOException {
    boolean ended;
    List<ShippedVersion> forgotten = List.of();
    synchronized (jobs) {
      ended = job.ended();
      if (!ended) {
        forgotten = job.keep(version, asNewest);
      }
    }
    if (ended) {
      version.close();
      throw isOver();
    }
    for (ShippedVersion each : forgotten) {
      each.forget();
    }
    return version;
  }

  private static IOException isOver() {
    return new IOException("its driver is no member any more");
  }

  // --- what others want --------------------------------------------------------------------------

  /// The parts of a version, as far as this worker has one that fits the question. An
  /// [Inquiry.RefusedException] says why they can't be had.
  List<CodePart> parts(Question.CodeParts asked) throws IOException {
    Optional<ShippedVersion> version =
        asked.classes().isEmpty()
            ? newestHere(asked.job())
            : having(here(asked.job()), asked.classes());
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
  private Optional<ShippedVersion> newestHere(WorkerId id) {
    synchronized (jobs) {
      JobVersions job = jobs.get(id);
      JobVersions.Coming newest = job == null ? null : job.newest();
      return newest != null && newest.version.isDone()
          ? Optional.of(newest.version.join())
          : Optional.empty();
    }
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
    Set<JobVersions.Coming> coming;
    List<ShippedVersion> here;
    synchronized (jobs) {
      coming = job.end();
      here = job.here();
    }
    for (JobVersions.Coming each : coming) {
      each.bringer.interrupt();
      Threads.join(each.bringer);
    }
    try {
      for (ShippedVersion each : here) {
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
