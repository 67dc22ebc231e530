package dev.deed.futures.runtime;

import dev.deed.DeedConfig;
import dev.deed.JobException;
import dev.deed.JournalException;
import dev.deed.transport.store.HostDirectory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// Which journal a job that has a name begins, or comes back from.
final class JobJournals {
  private JobJournals() {}

  /// The job's own, of the directory that `kept` names. None for one that goes on in a cluster that
  /// has outlived its driver: a worker serves what it has called, so that no driver can keep it on
  /// its disk. Throws [JobException] where the job is there already, or nowhere, and
  /// [dev.deed.ConnectException].
  ///
  /// @param address where a worker of the cluster listens
  static Optional<JournalPlan> of(
      DeedConfig.Job job,
      Optional<JournalPlan> kept,
      InetSocketAddress address,
      DeedConfig config) {
    if (kept.isEmpty()) {
      return kept;
    }
    JournalPlan own = kept.get().ofJob(job.name());
    if (!job.resumed()) {
      own.whyNotToBegin(job.name())
          .ifPresent(why -> {
            throw new JobException(why, null);
          });
      make(kept.get().directory().toAbsolutePath().normalize());
      return Optional.of(own);
    }
    boolean inCluster =
        ClusterClient.of(config).jobs(address).stream()
            .anyMatch(line -> line.name().equals(job.name()) && !line.lost());
    if (inCluster) {
      return Optional.empty();
    }
    if (!own.isThere()) {
      throw new JobException(
          "there is no job '"
              + job.name()
              + "' in the cluster at "
              + address.getHostString()
              + ":"
              + address.getPort()
              + ", and no journal of it in "
              + own.directory()
              + ": begin it with --job",
          null);
    }
    return Optional.of(own);
  }

  /// The directory that was named, in which each job has its own, is made like one of a single
  /// journal.
  private static void make(Path directory) {
    try {
      HostDirectory.make(directory, directory);
    } catch (NoSuchFileException e) {
      throw new JournalException(
          "there is no directory for the journals to be made in: " + directory.getParent(), e);
    } catch (IOException e) {
      throw new JournalException("the directory " + directory + " can't be used: " + e, e);
    }
  }
}
