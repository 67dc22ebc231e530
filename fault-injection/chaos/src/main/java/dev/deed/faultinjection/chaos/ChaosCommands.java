package dev.deed.faultinjection.chaos;

import dev.deed.futures.cli.CliCommand;
import dev.deed.futures.cli.DeedCommands;
import java.util.List;

/// The commands of fault injection.
public final class ChaosCommands implements DeedCommands {
  /// For [java.util.ServiceLoader].
  public ChaosCommands() {}

  @Override
  public List<CliCommand> commands() {
    return List.of(new SimulateCommand(), new ExploreCommand());
  }
}
