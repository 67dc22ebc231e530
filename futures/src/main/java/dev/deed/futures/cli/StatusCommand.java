package dev.deed.futures.cli;

import dev.deed.futures.cli.ClusterAccess.ClusterStatus;
import dev.deed.futures.cli.ClusterAccess.WorkerStatus;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Tells who belongs to a cluster, and how busy they are.
@Command(
    name = "status",
    abbreviateSynopsis = true,
    description = "Shows the members of a running cluster.")
final class StatusCommand extends AskingCommand {
  @Option(names = "--json", description = "Prints one object a member.")
  boolean json;

  @Override
  public Integer call() {
    Address asked = asked();
    ClusterStatus status = ClusterAccess.need().status(asked, config());
    if (json) {
      status.workers().forEach(worker -> out().println(Json.line(worker)));
    } else {
      table(status).forEach(out()::println);
    }
    return ExitCode.OK;
  }

  private static List<String> table(ClusterStatus status) {
    Table table = new Table("<worker", "<role", "<host", ">pid", "<address", ">cpus");
    for (WorkerStatus worker : status.workers()) {
      table.row(
          worker.id(),
          worker.role(),
          worker.host(),
          worker.pid(),
          worker.address(),
          Table.number(worker.cpus()));
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "Cluster at "
            + status.address()
            + ": "
            + status.workers().size()
            + " members, epoch "
            + status.epoch());
    lines.addAll(table.lines());
    return lines;
  }
}
