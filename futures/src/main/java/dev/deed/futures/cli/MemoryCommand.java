package dev.deed.futures.cli;

import dev.deed.MemoryReport;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Tells what a cluster's members hold, and why.
@Command(
    name = "memory",
    abbreviateSynopsis = true,
    description = "Shows the references in the tables of all members of a running cluster.")
final class MemoryCommand extends AskingCommand {
  @Option(names = "--json", description = "Prints one object a reference.")
  boolean json;

  @Override
  public Integer call() {
    Address asked = asked();
    MemoryReport report = ClusterAccess.need().memory(asked, config());
    if (json) {
      report.references().forEach(entry -> out().println(line(entry)));
    } else {
      table(asked, report).forEach(out()::println);
    }
    return ExitCode.OK;
  }

  private static String line(MemoryReport.Entry entry) {
    return Json.line(
        "object",
        entry.id().toString(),
        "worker",
        entry.worker().toString(),
        "owner",
        entry.owner().toString(),
        "state",
        entry.state(),
        "bytes",
        entry.size(),
        "task",
        entry.task(),
        "site",
        entry.site(),
        "causes",
        entry.causes(),
        "holders",
        entry.holders().stream().map(Object::toString).toList());
  }

  private static List<String> table(Address address, MemoryReport report) {
    Table table = new Table("<object", "<worker", "<state", ">bytes", "<task", "<site", "<why");
    for (MemoryReport.Entry entry : report.references()) {
      List<String> why = new ArrayList<>(entry.causes());
      entry.holders().forEach(holder -> why.add("held by " + brief(holder)));
      table.row(
          entry.id(),
          brief(entry.worker()),
          entry.state(),
          entry.size(),
          entry.task(),
          entry.site(),
          String.join(", ", why));
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "Cluster at "
            + address
            + ": "
            + report.references().size()
            + " references, "
            + report.storedBytes()
            + " bytes in stores, "
            + report.lineageBytes()
            + " bytes kept for lineage");
    lines.addAll(table.lines());
    return lines;
  }

  private static String brief(Object worker) {
    return worker.toString().substring(0, 9);
  }
}
