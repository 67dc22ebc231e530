package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// Brings versions of jobs' code to a worker, from those who have them. Thread-safe.
/*
 * Links. A connection that breaks, or isn't made, says nothing of the code: the question is asked again, until
 * the driver's death is followed, for PATIENCE at most. What is refused by all who could have it is final.
 *
 * Files. Each version has a folder of its own, so that one that is forgotten goes as a whole; a part that an earlier
 * version has is linked. A part lies there under its SHA-256. It gets that name when its bytes have been verified.
 */
final class CodeDelivery {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// Between two attempts, the first time and at most.
  private static final Duration PAUSE = Duration.ofMillis(50);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Source source;
  private final Path folder;
  private final Predicate<WorkerId> over;
  private final Predicate<WorkerId> away;
  private final AtomicLong versions = new AtomicLong();

  /// Where the parts are.
  interface Source {
    /// The parts of a version of a job's code that the asker lacks. An [Inquiry.RefusedException]
    /// is the answer of all who could have it.
    byte[] parts(Question.CodeParts question, Duration patience) throws IOException;

    /// Writes a part's bytes, as many as it has at most, to the file `to`.
    void part(WorkerId job, CodePart part, Duration patience, Path to) throws IOException;
  }

  /// @param folder for the parts; made when the first one comes
  /// @param over whether a driver is dead and nobody will continue what it has begun
  /// @param away whether it is dead and somebody may
  CodeDelivery(Source source, Path folder, Predicate<WorkerId> over, Predicate<WorkerId> away) {
    this.source = source;
    this.folder = folder;
    this.over = over;
    this.away = away;
  }

  /// Where all versions of a job's code lie.
  Path folder(WorkerId job) {
    return folder.resolve(job.toString());
  }

  /// The parts of the version that is wanted.
  ///
  /// @param waits whether to go on asking while the job has no driver, until it has one
  List<CodePart> parts(Question.CodeParts question, boolean waits) throws IOException {
    List<CodePart> parts =
        CodePart.read(patiently(question.job(), waits, () -> source.parts(question, PATIENCE)));
    if (CodePart.total(parts) > CodePart.MOST_BYTES) {
      throw new IOException("it has too many or too large parts");
    }
    return parts;
  }

  /// The version that consists of these parts, which were the answer to `question`.
  ///
  /// @param program the worker's own code, whose classes come first
  /// @param waits as above
  /// @param earlier the versions that are here
  ShippedVersion version(
      Question.CodeParts question,
      List<CodePart> parts,
      JobCode program,
      boolean waits,
      List<ShippedVersion> earlier)
      throws IOException {
    Path place = fetched(question.job(), parts, waits, earlier);
    return ShippedVersion.of(question, parts, place, program);
  }

  /// A folder with these parts.
  private Path fetched(
      WorkerId job, List<CodePart> parts, boolean waits, List<ShippedVersion> earlier)
      throws IOException {
    Path place = folder(job).resolve(Long.toString(versions.incrementAndGet()));
    try {
      for (CodePart part : parts) {
        Files.createDirectories(place);
        Path jar = ShippedVersion.jar(place, part.digest());
        if (!linked(part, jar, earlier)) {
          fetch(job, part, waits, jar);
        }
      }
      return place;
    } catch (IOException | RuntimeException | Error e) {
      ClusterDirectory.remove(place);
      throw e;
    }
  }

  private static boolean linked(CodePart part, Path jar, List<ShippedVersion> earlier) {
    Optional<ShippedVersion> same =
        earlier.stream().filter(each -> each.hasPart(part.digest())).findFirst();
    try {
      if (same.isPresent()) {
        Files.createLink(jar, same.get().jar(part.digest()));
      }
      return same.isPresent();
    } catch (IOException | UnsupportedOperationException e) {
      // It has been forgotten meanwhile, or this file system has no links.
      return false;
    }
  }

  private void fetch(WorkerId job, CodePart part, boolean waits, Path jar) throws IOException {
    Path coming = Files.createTempFile(jar.getParent(), "coming-", "");
    patiently(
        job,
        waits,
        () -> {
          source.part(job, part, PATIENCE, coming);
          return coming;
        });
    if (Files.size(coming) != part.size() || !digest(coming).equals(part.digest())) {
      throw new IOException("a part of it came with other bytes than its name says");
    }
    Files.move(coming, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Question.Digest digest(Path file) throws IOException {
    MessageDigest digest = ProgramCode.sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return Question.Digest.of(digest.digest());
  }

  /// One question, to a driver or others.
  @FunctionalInterface
  private interface Attempt<T> {
    T run() throws IOException;
  }

  private <T> T patiently(WorkerId job, boolean waits, Attempt<T> attempt) throws IOException {
    long endNs = System.nanoTime() + PATIENCE.toNanos();
    for (long pauseNs = PAUSE.toNanos();
        ;
        pauseNs = Math.min(2 * pauseNs, LONGEST_PAUSE.toNanos())) {
      try {
        return attempt.run();
      } catch (Inquiry.RefusedException e) {
        throw e;
      } catch (IOException e) {
        boolean last = System.nanoTime() - endNs >= 0;
        if (away.test(job)) {
          last = !waits;
          endNs = System.nanoTime() + PATIENCE.toNanos();
        }
        if (last || over.test(job) || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LockSupport.parkNanos(this, pauseNs);
      }
    }
  }
}
