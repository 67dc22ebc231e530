package dev.deed.futures.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// One command of `deed`: a class with picocli's `@Command(name = …, description = …)`, `@Option`
/// and `@Parameters`, whose [#call] does the work and returns an [ExitCode].
///
/// The frame gives every command `--help` and `--verbose`, and turns what [#call] throws into one
/// sentence: throw a [CommandException] for what the user can act on; a [dev.deed.DeedException] is
/// told by its own message. Data goes to [#out], with `--json` as one object a line by [Json#line];
/// everything else goes to [#err]; long work is shown by [#progress].
public abstract class CliCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this text and ends.")
  boolean help;

  /// Does the work; returns an [ExitCode], or that of a user's program.
  @Override
  public abstract Integer call() throws Exception;

  /// Changes how this command's line is parsed; called once, before it is.
  protected void configure(CommandLine line) {}

  /// Where data goes.
  protected final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /// Where everything else goes.
  protected final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /// Whether details such as stack traces are wanted.
  protected final boolean verbose() {
    return DeedCommand.verbose(spec.commandLine());
  }

  /// Begins to show how far a piece of work is: a bar on a terminal, nothing in a pipe.
  ///
  /// @param title a few words that say what is being done
  /// @param total the last step's number, or -1 if it isn't known
  protected final Progress progress(String title, long total) {
    return Progress.start(title, total);
  }
}
