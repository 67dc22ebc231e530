package dev.deed.futures.cli;

import dev.deed.DeedConfig;
import dev.deed.Durability;
import dev.deed.JobException;
import dev.deed.futures.runtime.JournalPlan;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The job that one `deed run` begins or resumes. It ends when the program has ended without an
/// error; else it is kept.
///
/// @param journal where it is kept on disk as well
record RunJob(
    String name,
    boolean resumed,
    Address cluster,
    DeedConfig config,
    Optional<JournalPlan> journal) {

  /// What was asked for. Throws a [CommandException#userError] where that can't be, before the
  /// program is started.
  static Optional<RunJob> of(
      @Nullable String begun,
      @Nullable String resumed,
      Optional<Address> cluster,
      DeedConfig config,
      Map<String, String> given) {
    String name = begun == null ? resumed : begun;
    if (name == null) {
      return Optional.empty();
    }
    String option = begun == null ? "--resume" : "--job";
    Address address =
        cluster.orElseThrow(() ->
            CommandException.userError(
                option
                    + " needs --cluster ADDR: a job outlives its driver in a cluster of deed"
                    + " workers only."));
    try {
      var _ = new DeedConfig.Job(name, begun == null);
    } catch (IllegalArgumentException e) {
      throw CommandException.userError(option + ": " + e.getMessage() + ".", e);
    }
    Optional<JournalPlan> journal = JournalPlan.of(given::get).map(plan -> plan.ofJob(name));
    RunJob job = new RunJob(name, begun == null, address, config, journal);
    job.check();
    return Optional.of(job);
  }

  private void check() {
    boolean kept = config.durability() != Durability.NONE && config.heirs() > 0;
    if (!kept && (!resumed || journal.isPresent())) {
      throw CommandException.userError(
          (resumed ? "--resume with --journal" : "--job")
              + " needs --durability async or sync and at least one of --heirs, as the cluster's"
              + " workers have them.");
    }
    String state =
        ClusterAccess.need().jobs(cluster, config).stream()
            .filter(job -> job.name().equals(name))
            .map(ClusterAccess.JobStatus::state)
            .findFirst()
            .orElse("");
    String wrong = resumed ? notToResume(state) : notToBegin(state);
    if (!wrong.isEmpty()) {
      throw CommandException.userError(wrong);
    }
  }

  /// A driver that runs may be one that has just died: the program waits for that to be found.
  private String notToResume(String state) {
    if (journal.filter(JournalPlan::isThere).isPresent()) {
      return "";
    }
    return switch (state) {
      case "" ->
          "there is no job '"
              + name
              + "' in the cluster at "
              + cluster
              + journal.map(plan -> ", and no journal of it in " + plan.directory()).orElse("")
              + ": see deed jobs "
              + cluster
              + ", or begin it with --job.";
      case "lost" ->
          "job '"
              + name
              + "' can't be resumed, since nobody had its records when their server died: begin it anew"
              + " with --job.";
      default -> "";
    };
  }

  private String notToBegin(String state) {
    Optional<String> kept = journal.flatMap(plan -> plan.whyNotToBegin(name));
    if (kept.isPresent()) {
      return kept.get() + ".";
    }
    return switch (state) {
      case "running" ->
          "job '" + name + "' is being run: choose another name, or end that program.";
      case "resumable" ->
          "job '"
              + name
              + "' is there already: continue it with --resume, or drop it with deed jobs "
              + cluster
              + " --drop "
              + name
              + ".";
      default -> "";
    };
  }

  /// What the program's session is to know.
  Map<String, String> settings() {
    return Map.of(resumed ? "resume" : "job", name);
  }

  /// The program has ended with this code. Returns what its user is to be told, if anything.
  Optional<String> ended(int code) {
    ClusterAccess access = ClusterAccess.need();
    if (code == 0) {
      try {
        access.dropJob(cluster, name, config);
        return Optional.empty();
      } catch (JobException e) {
        // The program never began it, or somebody has dropped it already.
        return access.jobs(cluster, config).stream().noneMatch(job -> job.name().equals(name))
            ? Optional.empty()
            : Optional.of("deed: job '" + name + "' is not ended: " + e.getMessage());
      }
    }
    return access.jobs(cluster, config).stream().noneMatch(job -> job.name().equals(name))
        ? Optional.empty()
        : Optional.of(
            "deed: job '"
                + name
                + "' is kept: continue it with --resume "
                + name
                + ", or drop it with deed jobs "
                + cluster
                + " --drop "
                + name
                + ".");
  }
}
