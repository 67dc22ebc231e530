package dev.deed.futures.runtime;

import dev.deed.DeedConfig;
import dev.deed.JobException;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Job;
import dev.deed.ownership.Member;
import dev.deed.ownership.MembershipLog;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// The jobs of a cluster as one member follows them, for threads that wait for them to change. What
/// it says of an entry the core of this member has been given. Thread-safe.
final class JobBook {
  private final MembershipLog log = new MembershipLog();

  /// The next entry.
  synchronized void follow(long index, Entry entry) {
    log.apply(index, entry);
    notifyAll();
  }

  /// The jobs that have begun and not ended.
  synchronized List<Job> all() {
    return List.copyOf(log.jobs());
  }

  /// The job of this name.
  synchronized Optional<Job> named(String name) {
    return log.job(name);
  }

  /// Whether the last driver of a job is a member.
  synchronized boolean isDriven(Job job) {
    return log.lives(job.driver());
  }

  /// Whether nothing is left of a job that could be resumed.
  synchronized boolean isLost(Job job) {
    return log.closed(job.estate());
  }

  /// Whether this cluster has known an estate, or one of the workers that its records name: then it
  /// can't be served here again out of a journal.
  synchronized boolean hasMet(EstateId estate, List<WorkerId> named) {
    return log.server(estate).isPresent()
        || log.dead(estate.creator())
        || named.stream().anyMatch(log::lives);
  }

  /// Whether a member would serve what the job has called after the death of its server.
  synchronized boolean hasHeir(Job job) {
    return log.heirs(job.estate()).stream().anyMatch(Entry.Heir::full);
  }

  /// Who has the code of the job that the driver `first` has begun: that one, who resumed it by its
  /// name, or who serves its estate out of a journal. Empty while there is nobody.
  synchronized Optional<WorkerId> driverOf(WorkerId first) {
    EstateId estate = new EstateId(first);
    Optional<WorkerId> driver =
        log.jobOf(estate)
            .map(Job::driver)
            .or(() -> log.server(estate))
            .or(() -> Optional.of(first));
    return driver.flatMap(log::member).filter(Member::driver).map(Member::id);
  }

  /// Whom to ask for that code: its driver, or, while there is none, the workers, which may have
  /// executed its tasks.
  synchronized List<WorkerId> mayHaveCodeOf(WorkerId first) {
    return driverOf(first).map(List::of).orElseGet(this::workers);
  }

  /// Whom to ask for a version of that code that may be an earlier driver's: all who may have one,
  /// the driver first.
  synchronized List<WorkerId> mayHaveVersionsOf(WorkerId first) {
    return Stream.concat(driverOf(first).stream(), workers().stream()).toList();
  }

  private List<WorkerId> workers() {
    return log.members().stream().filter(member -> !member.driver()).map(Member::id).toList();
  }

  /// Whether nobody will continue what the driver `first` has begun, and nothing of it is left.
  synchronized boolean isOver(WorkerId first) {
    return log.closed(new EstateId(first));
  }

  /// Whether the driver `first` is dead, and somebody may continue what it has begun.
  synchronized boolean isAway(WorkerId first) {
    return log.dead(first) && driverOf(first).isEmpty() && !isOver(first);
  }

  /// Why a driver can't run the main of this job now; empty when it can.
  synchronized Optional<String> refusal(DeedConfig.Job wanted) {
    String name = "'" + wanted.name() + "'";
    Job job = log.job(wanted.name()).orElse(null);
    if (!wanted.resumed()) {
      return job == null || isLost(job)
          ? Optional.empty()
          : Optional.of(
              isDriven(job)
                  ? "job "
                      + name
                      + " is run by driver "
                      + job.driver().brief()
                      + " now: choose another name"
                  : "job "
                      + name
                      + " is there already, left by a driver that died: continue it with --resume, or"
                      + " drop it with deed jobs ADDR --drop");
    }
    if (job == null) {
      return Optional.of("there is no job " + name + " (see deed jobs ADDR): begin it with --job");
    }
    if (isLost(job)) {
      return Optional.of(
          "job "
              + name
              + " can't be resumed: no other member had its records when their server died; begin it"
              + " anew with --job");
    }
    return isDriven(job)
        ? Optional.of(
            "job "
                + name
                + " is run by driver "
                + job.driver().brief()
                + ", which lives: end that first, or wait until it is found dead")
        : Optional.empty();
  }

  /// Waits until the job may be begun or resumed, for one whose driver may have died just now at
  /// most `patience`. Throws [JobException] that says why it may not.
  void awaitFree(DeedConfig.Job wanted, Duration patience) {
    await(() -> refusal(wanted).isEmpty() || !mayStillDie(wanted), patience);
    refusal(wanted)
        .ifPresent(why -> {
          throw new JobException(why, null);
        });
  }

  private synchronized boolean mayStillDie(DeedConfig.Job wanted) {
    return wanted.resumed() && log.job(wanted.name()).filter(this::isDriven).isPresent();
  }

  /// Waits until `met`, which is asked now and after each entry, or for as long as `patience`;
  /// returns whether it was met.
  synchronized boolean await(BooleanSupplier met, Duration patience) {
    return MonitorWait.until(
        this,
        met,
        System.nanoTime() + patience.toNanos(),
        "interrupted while a job was begun or ended");
  }
}
