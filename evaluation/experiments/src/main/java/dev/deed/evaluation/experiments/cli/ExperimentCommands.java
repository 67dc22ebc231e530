package dev.deed.evaluation.experiments.cli;

import dev.deed.futures.cli.CliCommand;
import dev.deed.futures.cli.DeedCommands;
import java.util.List;

/// The commands of this module.
public final class ExperimentCommands implements DeedCommands {
  @Override
  public List<CliCommand> commands() {
    return List.of(new ReproduceCommand());
  }
}
