package dev.deed.futures.runtime;

import dev.deed.CodeMismatchException;
import dev.deed.InterruptedGetException;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.transport.Threads;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The code of the programs whose tasks a worker executes, asked of each program's driver when its
/// first task comes, told to other workers while there is no driver, and given up when nobody may
/// continue what the driver has begun. Thread-safe.
/*
 * State. A job is *coming* (its future is open), *here*, or unknown. A failed one is unknown again, so that the
 * next task asks anew.
 *
 * Drivers. The code of a named job is asked for when the job begins, since its tasks may outlive its driver. While
 * there is no driver, who lacks the code asks the other workers, or waits for the next one. When that comes it is asked
 * which parts its code has:
 * where they are the same the code stays, else the tasks that come from then on get the new one, and what runs goes on
 * with the old one, which is given up with the job.
 *
 * Links. A connection that breaks, or isn't made, says nothing of the code: the question is asked again, until
 * the driver's death is followed, for PATIENCE at most. What the driver refuses is final.
 *
 * Files. A part lies in the job's folder under its SHA-256. It gets that name when its bytes have been
 * verified.
 *
 * Threads. Parts are fetched by a thread of their own for each job: an interrupt of one of the tasks that wait
 * must not break a connection off that others need. The thread outlives neither its job nor the worker.
 */
final class ShippedJobs implements Jobs, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// Between two attempts, the first time and at most.
  private static final Duration PAUSE = Duration.ofMillis(50);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final JobCode program;
  private final Source source;
  private final Path folder;
  private final Predicate<WorkerId> over;
  private final Predicate<WorkerId> away;
  private final Map<WorkerId, Job> jobs = new HashMap<>();
  private boolean closed;

  /// Where the parts are.
  interface Source {
    /// The parts of a job's code that one lacks who has the jars `known`.
    byte[] parts(WorkerId job, Question.CodeParts known, Duration patience) throws IOException;

    /// Writes a part's bytes, as many as it has, to `to`.
    void part(WorkerId job, CodePart part, Duration patience, OutputStream to) throws IOException;
  }

  /// One job here.
  private static final class Job {
    final CompletableFuture<JobCode> code = new CompletableFuture<>();
    final Thread bringer;

    /// Null while this worker's own class path has all classes. Guarded by this.
    @Nullable JobLoader loader;

    /// Guarded by this.
    boolean ended;

    /// What the job's code was before, if it is another now: tasks may still run with it.
    volatile @Nullable Job before;

    volatile List<CodePart> parts = List.of();

    /// What this worker has of the code itself: the parts are the rest of it.
    volatile List<Question.KnownJar> known = List.of();

    Job(WorkerId id, @Nullable Job before, java.util.function.Consumer<Job> bring) {
      this.before = before;
      bringer =
          Thread.ofVirtual()
              .name("deed-code-" + id.brief())
              .inheritInheritableThreadLocals(false)
              .unstarted(() -> bring.accept(this));
    }
  }

  /// @param program the code that this worker was started with
  /// @param folder of this worker alone, for the parts; made when the first one comes
  /// @param over whether a driver is dead and nobody will continue what it has begun
  /// @param away whether it is dead and somebody may
  ShippedJobs(
      JobCode program,
      Source source,
      Path folder,
      Predicate<WorkerId> over,
      Predicate<WorkerId> away) {
    this.program = program;
    this.source = source;
    this.folder = folder;
    this.over = over;
    this.away = away;
  }

  @Override
  public JobCode of(WorkerId id) {
    if (id.equals(program.job())) {
      return program;
    }
    try {
      while (true) {
        Job job = job(id);
        JobCode code = job.code.get();
        synchronized (jobs) {
          // Else the next driver has come meanwhile.
          if (jobs.getOrDefault(id, job) == job) {
            return code;
          }
        }
      }
    } catch (ExecutionException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new CodeMismatchException(
          "the code of the program of driver "
              + id.brief()
              + " can't be had: "
              + reason.getMessage(),
          reason);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedGetException("interrupted while the code of the task came", e);
    }
  }

  private Job job(WorkerId id) {
    synchronized (jobs) {
      Job known = jobs.get(id);
      return known == null ? start(id) : known;
    }
  }

  private Job start(WorkerId id) {
    Job coming = new Job(id, null, job -> bring(id, job));
    if (closed) {
      coming.code.completeExceptionally(new IOException("this worker ends"));
    } else {
      jobs.put(id, coming);
      coming.bringer.start();
    }
    return coming;
  }

  /// A driver has begun a job: its code is brought while it is there.
  void expect(WorkerId id) {
    if (!id.equals(program.job())) {
      job(id);
    }
  }

  /// Another driver continues the job that driver `id` had begun, maybe with other code: tasks that
  /// come from here on wait for it. It is asked when what this returns is run, once it is known who
  /// it is.
  Runnable renew(WorkerId id) {
    synchronized (jobs) {
      Job known = jobs.get(id);
      if (known == null || closed) {
        return () -> {};
      }
      Job coming = new Job(id, known, job -> bring(id, job));
      jobs.put(id, coming);
      return coming.bringer::start;
    }
  }

  private void bring(WorkerId id, Job job) {
    try {
      job.code.complete(ask(id, job));
      if (over.test(id)) {
        // Nobody will tell of its end any more.
        ended(id);
      }
    } catch (IOException | MalformedException e) {
      forget(id, job);
      job.code.completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      forget(id, job);
      job.code.completeExceptionally(e);
      throw e;
    }
  }

  private void forget(WorkerId id, Job job) {
    synchronized (jobs) {
      jobs.remove(id, job);
    }
  }

  private JobCode ask(WorkerId id, Job job) throws IOException {
    awaitEnd(job.before);
    List<Path> own = ClassPathFiles.of(System.getProperty("java.class.path"));
    Question.CodeParts question = new Question.CodeParts(id, ClassPathFiles.jars(own));
    job.known = question.known();
    List<CodePart> parts = parts(id, question);
    while (true) {
      try {
        return code(id, job, parts);
      } catch (Inquiry.RefusedException e) {
        List<CodePart> now = parts(id, question);
        if (now.equals(parts)) {
          throw e;
        }
        parts = now; // Another driver, with other code, came in the middle.
      }
    }
  }

  /// Waits until what comes for an earlier driver's tasks has come, or failed.
  private static void awaitEnd(@Nullable Job before) throws IOException {
    try {
      if (before != null) {
        before.code.get();
      }
    } catch (ExecutionException _) {
      // Whoever waited for it is told.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private List<CodePart> parts(WorkerId id, Question.CodeParts question) throws IOException {
    List<CodePart> parts = CodePart.read(patiently(id, () -> source.parts(id, question, PATIENCE)));
    if (CodePart.total(parts) > CodePart.MOST_BYTES) {
      throw new IOException("it has too many or too large parts");
    }
    return parts;
  }

  /// The code that consists of these parts.
  private JobCode code(WorkerId id, Job job, List<CodePart> parts) throws IOException {
    job.parts = parts;
    Job before = job.before;
    if (before != null && !before.code.isCompletedExceptionally() && before.parts.equals(parts)) {
      return same(job, before);
    }
    if (parts.isEmpty()) {
      return program.of(id);
    }
    Path place = Files.createDirectories(folder.resolve(id.toString()));
    List<Path> jars = new ArrayList<>(parts.size());
    for (CodePart part : parts) {
      jars.add(fetched(id, part, place));
    }
    synchronized (job) {
      if (job.ended) {
        throw new IOException("its driver is no member any more");
      }
      JobLoader loader = new JobLoader(jars, program.loader());
      job.loader = loader;
      return new JobCode(id, loader, Codecs.of(loader));
    }
  }

  private static JobCode same(Job job, Job before) throws IOException {
    synchronized (job) {
      if (job.ended) {
        throw new IOException("its driver is no member any more");
      }
      synchronized (before) {
        job.loader = before.loader;
        before.loader = null;
      }
      job.before = before.before;
    }
    return before.code.join();
  }

  private Path fetched(WorkerId id, CodePart part, Path place) throws IOException {
    Path jar = jar(place, part.digest());
    Path coming = Files.createTempFile(place, "coming-", "");
    Question.Digest got = patiently(id, () -> fetch(id, part, coming));
    if (Files.size(coming) != part.size() || !got.equals(part.digest())) {
      throw new IOException("a part of it came with other bytes than its name says");
    }
    return Files.move(
        coming, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Path jar(Path place, Question.Digest digest) {
    return place.resolve(digest.hex() + ".jar");
  }

  /// The parts of a job's code that one lacks who has the jars `known`, as far as this worker has
  /// the code: for others, while there is no driver. An [Inquiry.RefusedException] says why they
  /// can't be had.
  List<CodePart> parts(WorkerId id, List<Question.KnownJar> known) throws IOException {
    Job here;
    synchronized (jobs) {
      here = jobs.get(id);
    }
    if (here == null || !has(here)) {
      throw new Inquiry.RefusedException("this worker does not have the code of " + id.brief());
    }
    if (!known.containsAll(here.known)) {
      throw new Inquiry.RefusedException("this worker has jars that the asker lacks");
    }
    return here.parts;
  }

  private static boolean has(Job job) {
    return job.code.isDone() && !job.code.isCompletedExceptionally();
  }

  /// The bytes of such a part.
  InquiryServer.Reply part(Question.Digest digest) throws IOException {
    Path jar = null;
    synchronized (jobs) {
      for (Map.Entry<WorkerId, Job> each : jobs.entrySet()) {
        if (has(each.getValue())
            && each.getValue().parts.stream().anyMatch(part -> part.digest().equals(digest))) {
          jar = jar(folder.resolve(each.getKey().toString()), digest);
        }
      }
    }
    if (jar == null) {
      throw new Inquiry.RefusedException("this worker has no code named " + digest.hex());
    }
    FileChannel file = FileChannel.open(jar);
    return new InquiryServer.Reply(file, file.size());
  }

  private Question.Digest fetch(WorkerId id, CodePart part, Path to) throws IOException {
    MessageDigest digest = ProgramCode.sha256();
    try (OutputStream out =
        new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(to)), digest)) {
      source.part(id, part, PATIENCE, out);
    }
    return Question.Digest.of(digest.digest());
  }

  /// One question to a driver, or to others in its place.
  @FunctionalInterface
  private interface Attempt<T> {
    T run() throws IOException;
  }

  private <T> T patiently(WorkerId id, Attempt<T> attempt) throws IOException {
    long endNs = System.nanoTime() + PATIENCE.toNanos();
    for (long pauseNs = PAUSE.toNanos();
        ;
        pauseNs = Math.min(2 * pauseNs, LONGEST_PAUSE.toNanos())) {
      try {
        return attempt.run();
      } catch (Inquiry.RefusedException e) {
        throw e;
      } catch (IOException e) {
        if (away.test(id)) {
          endNs = System.nanoTime() + PATIENCE.toNanos();
        }
        boolean last = over.test(id) || System.nanoTime() - endNs >= 0;
        if (last || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LockSupport.parkNanos(this, pauseNs);
      }
    }
  }

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
    Job left;
    synchronized (jobs) {
      left = jobs.remove(id);
    }
    if (left != null) {
      give(id, left);
    }
  }

  private void give(WorkerId id, Job job) {
    try {
      for (Job each = job; each != null; each = each.before) {
        synchronized (each) {
          each.ended = true;
          if (each.loader != null) {
            each.loader.close();
          }
        }
        each.bringer.interrupt();
        Threads.join(each.bringer);
      }
      ClusterDirectory.remove(folder.resolve(id.toString()));
    } catch (IOException e) {
      System.getLogger("dev.deed")
          .log(System.Logger.Level.WARNING, "The code of a job was not given up cleanly: " + e);
    }
  }

  /// Gives up all jobs.
  @Override
  public void close() throws IOException {
    Map<WorkerId, Job> left;
    synchronized (jobs) {
      closed = true;
      left = Map.copyOf(jobs);
      jobs.clear();
    }
    left.forEach(this::give);
    ClusterDirectory.remove(folder);
  }
}
