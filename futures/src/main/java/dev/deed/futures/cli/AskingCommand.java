package dev.deed.futures.cli;

import dev.deed.DeedConfig;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/// A command that asks a running cluster, which it does not join.
abstract class AskingCommand extends CliCommand {
  @Parameters(paramLabel = "ADDR", description = "host:port of any worker of the cluster.")
  private String address = "";

  private final SettingFlags settings = new SettingFlags();

  @Override
  protected void configure(CommandLine line) {
    settings.addTo(line.getCommandSpec());
  }

  /// Whom to ask.
  final Address asked() {
    return Address.parse(address);
  }

  /// With which secret, among other settings.
  final DeedConfig config() {
    return settings.config();
  }
}
