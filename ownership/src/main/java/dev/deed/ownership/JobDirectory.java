package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// The jobs that have begun and not ended, as the entries of the membership log say (protocol.md
/// §5).
final class JobDirectory {
  /*
   * State: for each name its job, until it is ended.
   * Invariants: a job has one driver that lives, or none; a driver begins one job at most, since the job
   * has its estate.  A name whose estate is closed is free: nothing is left to be resumed.
   */
  private final Predicate<WorkerId> lives;
  private final Predicate<EstateId> closed;
  private final Map<String, Job> jobs = new LinkedHashMap<>();

  JobDirectory(Predicate<WorkerId> lives, Predicate<EstateId> closed) {
    this.lives = lives;
    this.closed = closed;
  }

  private boolean isFree(String name) {
    Job before = jobs.get(name);
    return before == null || closed.test(before.estate());
  }

  boolean apply(Entry.JobBegun begun) {
    EstateId estate = new EstateId(begun.driver());
    if (!isFree(begun.name()) || !lives.test(begun.driver()) || of(estate).isPresent()) {
      return false;
    }
    jobs.put(begun.name(), new Job(begun.name(), estate, begun.main(), begun.driver()));
    return true;
  }

  /// Whether the name that the estate's job is to have, if any, is free.
  boolean isFree(Entry.Refounded refounded) {
    return refounded.job() == null || isFree(refounded.job().name());
  }

  void apply(Entry.Refounded refounded) {
    Entry.Refounded.Named named = refounded.job();
    if (named != null) {
      Job job = new Job(named.name(), refounded.estate(), named.main(), refounded.server());
      jobs.put(job.name(), job);
    }
  }

  boolean apply(Entry.JobResumed resumed) {
    Job job = jobs.get(resumed.name());
    if (job == null
        || closed.test(job.estate())
        || lives.test(job.driver())
        || !lives.test(resumed.driver())) {
      return false;
    }
    jobs.put(job.name(), new Job(job.name(), job.estate(), job.main(), resumed.driver()));
    return true;
  }

  boolean apply(Entry.JobEnded ended) {
    Job job = jobs.get(ended.name());
    if (job == null
        || !job.estate().equals(ended.estate())
        || (lives.test(job.driver()) && !job.driver().equals(ended.by()))) {
      return false;
    }
    jobs.remove(ended.name());
    return true;
  }

  Optional<Job> named(String name) {
    return Optional.ofNullable(jobs.get(name));
  }

  /// The job whose calls are in the estate.
  Optional<Job> of(EstateId estate) {
    for (Job job : jobs.values()) {
      if (job.estate().equals(estate)) {
        return Optional.of(job);
      }
    }
    return Optional.empty();
  }

  Collection<Job> all() {
    return jobs.values();
  }
}
