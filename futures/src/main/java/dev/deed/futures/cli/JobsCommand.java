package dev.deed.futures.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Tells which jobs a cluster keeps, and ends those that nobody will continue.
@Command(
    name = "jobs",
    abbreviateSynopsis = true,
    description = {
      "Shows the jobs of a running cluster: programs that were begun with deed run --job, and that"
          + " --resume continues when their driver is dead."
    })
final class JobsCommand extends AskingCommand {
  @Option(names = "--json", description = "Prints one object a job.")
  boolean json;

  @Option(
      names = "--drop",
      paramLabel = "NAME",
      description = "Ends this job, whose driver is dead, and frees what it has called.")
  @Nullable String drop;

  @Override
  public Integer call() {
    ClusterAccess access = ClusterAccess.need();
    if (drop != null) {
      access.dropJob(asked(), drop, config());
      return ExitCode.OK;
    }
    List<ClusterAccess.JobStatus> jobs = access.jobs(asked(), config());
    if (json) {
      jobs.forEach(job -> out().println(Json.line(job)));
      return ExitCode.OK;
    }
    Table table = new Table("<job", "<state", "<driver");
    jobs.forEach(job -> table.row(job.name(), job.state(), job.driver()));
    out().println("Cluster at " + asked() + ": " + jobs.size() + " jobs");
    table.lines().forEach(out()::println);
    return ExitCode.OK;
  }
}
