package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.value.ClassVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Has versions of jobs' code delivered to a worker, and takes them in. Its methods return when
/// that is done. Thread-safe.
final class VersionBringer {
  private final JobCode program;
  private final CodeDelivery delivery;
  private final Predicate<WorkerId> away;

  /// @param program the worker's own code, whose classes come first in every version
  /// @param away whether a driver is dead and somebody may continue what it has begun
  VersionBringer(JobCode program, CodeDelivery delivery, Predicate<WorkerId> away) {
    this.program = program;
    this.delivery = delivery;
    this.away = away;
  }

  /// The version of the job's driver: while there is none that of the other workers, else what was
  /// newest here; the next driver's if nothing was.
  ///
  /// @param before what comes for the driver before, if it is not here yet
  ShippedVersion newest(JobVersions job, JobVersions.@Nullable Coming before) throws IOException {
    awaitEnd(before);
    List<ShippedVersion> earlier = job.here();
    try {
      return bring(job, List.of(), earlier.isEmpty());
    } catch (Inquiry.RefusedException e) {
      throw e;
    } catch (IOException e) {
      if (earlier.isEmpty() || !away.test(job.id())) {
        throw e;
      }
      take(job, earlier.getFirst(), true);
      return earlier.getFirst();
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

  /// The version that has these classes: of the driver, or of another worker; of the next driver if
  /// there is none.
  ShippedVersion with(JobVersions job, List<ClassVersion> classes) throws IOException {
    // It may have come since it was looked for here.
    Optional<ShippedVersion> here = job.having(classes);
    if (here.isPresent()) {
      return here.get();
    }
    ShippedVersion version = bring(job, classes, true);
    if (!version.code().has(classes)) {
      throw new IOException("what came for it has other classes");
    }
    return version;
  }

  private ShippedVersion bring(JobVersions job, List<ClassVersion> classes, boolean waits)
      throws IOException {
    List<Path> own = ClassPathFiles.of(System.getProperty("java.class.path"));
    Question.CodeParts question =
        new Question.CodeParts(job.id(), ClassPathFiles.jars(own), classes);
    List<CodePart> parts = delivery.parts(question, waits);
    while (true) {
      try {
        return bring(question, job, parts, waits);
      } catch (Inquiry.RefusedException e) {
        List<CodePart> now = delivery.parts(question, waits);
        if (now.equals(parts)) {
          throw e;
        }
        parts = now; // Another driver, with other code, came in the middle.
      }
    }
  }

  /// The version that consists of these parts. One thread at a time, as calls of several classes
  /// may look for the same one.
  private ShippedVersion bring(
      Question.CodeParts question, JobVersions job, List<CodePart> parts, boolean waits)
      throws IOException {
    try {
      job.bringing().lockInterruptibly();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    try {
      ShippedVersion version = job.of(parts);
      if (version == null) {
        version = delivery.version(question, parts, program, waits, job.here());
      }
      take(job, version, question.classes().isEmpty());
      return version;
    } finally {
      job.bringing().unlock();
    }
  }

  private static void take(JobVersions job, ShippedVersion version, boolean asNewest)
      throws IOException {
    try {
      for (ShippedVersion each : job.keep(version, asNewest)) {
        each.forget();
      }
    } catch (JobVersions.OverException e) {
      version.close();
      throw e;
    }
  }

  private static IOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted", e);
  }
}
