package dev.deed.futures.cli;

import dev.deed.DeedConfig;
import dev.deed.futures.cli.ClusterAccess.WorkerOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Runs a worker in this process, until Ctrl-C.
@Command(
    name = "worker",
    abbreviateSynopsis = true,
    description = {
      "Joins a cluster, or starts one, and prints the address by which others join.",
      "It runs until Ctrl-C."
    })
final class WorkerCommand extends CliCommand {
  private static final int MOST_PORT = 65_535;

  @Option(
      names = "--join",
      paramLabel = "ADDR",
      description = "host:port of any worker of the cluster to join (default: starts a new one).")
  @Nullable String join;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port to listen on (default: any that is free).")
  int port;

  @Option(
      names = "--resource",
      paramLabel = "NAME=AMOUNT",
      description = "Offers tasks a resource besides cpus and memory, such as gpu=1; repeatable.")
  Map<String, Double> resources = new LinkedHashMap<>();

  @Option(names = "--json", description = "Prints the address as one object.")
  boolean json;

  private final SettingFlags settings = new SettingFlags();

  @Override
  protected void configure(CommandLine line) {
    settings.addTo(line.getCommandSpec());
  }

  @Override
  public Integer call() {
    WorkerOrder order = order();
    ClusterAccess.need().work(order, this::joined);
    return ExitCode.OK;
  }

  private WorkerOrder order() {
    if (port < 0 || port > MOST_PORT) {
      throw CommandException.userError(
          "--port " + port + " is no port: give 1 to " + MOST_PORT + ", or 0 for any.");
    }
    resources.forEach((name, amount) -> {
      if (name.isBlank() || name.equals("cpu") || name.equals("memory")) {
        throw CommandException.userError(
            "--resource can't be named '" + name + "': use --cpus and --memory for those.");
      }
      if (!(amount > 0) || amount.isInfinite()) {
        throw CommandException.userError(
            "--resource " + name + " must be more than 0, not " + amount + ".");
      }
    });
    DeedConfig config = settings.config();
    if (config.workerCpus() < 1) {
      throw CommandException.userError(
          "a worker with "
              + config.workerCpus()
              + " cpus would run nothing: give --cpus 1 or more.");
    }
    return new WorkerOrder(
        config, Optional.ofNullable(join).map(Address::parse), port, Map.copyOf(resources));
  }

  private void joined(Address address, String worker) {
    if (json) {
      out().println(Json.line("address", address.toString(), "worker", worker));
    } else {
      out().println(address);
      err().println("Joined as " + worker + "; others: deed worker --join " + address);
    }
    out().flush();
  }
}
