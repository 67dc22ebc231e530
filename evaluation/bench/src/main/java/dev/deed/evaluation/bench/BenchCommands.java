package dev.deed.evaluation.bench;

import dev.deed.futures.cli.CliCommand;
import dev.deed.futures.cli.DeedCommands;
import java.util.List;

/// The command of this module.
public final class BenchCommands implements DeedCommands {
  /// For [java.util.ServiceLoader].
  public BenchCommands() {}

  @Override
  public List<CliCommand> commands() {
    return List.of(new BenchCommand());
  }
}
