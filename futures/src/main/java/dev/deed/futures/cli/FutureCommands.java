package dev.deed.futures.cli;

import java.util.List;

/// The commands of this module.
public final class FutureCommands implements DeedCommands {
  /// For [java.util.ServiceLoader].
  public FutureCommands() {}

  @Override
  public List<CliCommand> commands() {
    return List.of(
        new RunCommand(),
        new ClasspathCommand(),
        new WorkerCommand(),
        new StatusCommand(),
        new JobsCommand(),
        new MemoryCommand(),
        new TestCommand(),
        new WarmUpCommand());
  }
}
