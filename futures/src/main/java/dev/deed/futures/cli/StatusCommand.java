package dev.deed.futures.cli;

import dev.deed.futures.cli.ClusterAccess.ClusterStatus;
import dev.deed.futures.cli.ClusterAccess.WorkerStatus;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Tells who belongs to a cluster, and how busy they are.
@Command(
    name = "status",
    abbreviateSynopsis = true,
    description = "Shows the members of a running cluster.")
final class StatusCommand extends CliCommand {
  private static final long KIBI = 1024;

  @Parameters(paramLabel = "ADDR", description = "host:port of any worker of the cluster.")
  String address = "";

  @Option(names = "--json", description = "Prints one object a member.")
  boolean json;

  private final SettingFlags settings = new SettingFlags();

  @Override
  protected void configure(CommandLine line) {
    settings.addTo(line.getCommandSpec());
  }

  @Override
  public Integer call() {
    Address asked = Address.parse(address);
    ClusterStatus status = ClusterAccess.need().status(asked, settings.config());
    if (json) {
      status.workers().forEach(worker -> out().println(Json.line(worker)));
    } else {
      table(status).forEach(out()::println);
    }
    return ExitCode.OK;
  }

  private static List<String> table(ClusterStatus status) {
    Table table =
        new Table(
            "<worker",
            "<role",
            "<state",
            "<host",
            ">pid",
            "<address",
            ">cpus",
            ">running",
            ">queued",
            ">owned",
            ">stored");
    for (WorkerStatus worker : status.workers()) {
      table.row(
          worker.id(),
          worker.role(),
          worker.state(),
          worker.host(),
          worker.pid(),
          worker.address(),
          Table.number(worker.cpus()),
          worker.tasksRunning(),
          worker.tasksQueued(),
          worker.references(),
          bytes(worker.storedBytes()));
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

  private static String bytes(long count) {
    return count < KIBI ? count + " B" : Table.number((double) count / (KIBI * KIBI)) + " MiB";
  }
}
