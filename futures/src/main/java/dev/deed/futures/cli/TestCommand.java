package dev.deed.futures.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// Has `test` in the help; the launcher `./deed` answers it without coming here, since what it runs
/// is the build.
@Command(
    name = "test",
    description = "Builds everything and runs all checks and tests, as CI does.")
final class TestCommand extends CliCommand {
  @Unmatched List<String> arguments = List.of();

  @Override
  public Integer call() {
    throw CommandException.userError(
        "tests are run by the launcher in the source folder: use ./deed test.");
  }
}
