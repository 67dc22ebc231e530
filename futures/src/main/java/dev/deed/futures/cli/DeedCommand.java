package dev.deed.futures.cli;

import dev.deed.ConnectException;
import dev.deed.DeedException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/// The `deed` command line. The commands come from the [DeedCommands] services on the class path.
@Command(
    name = "deed",
    description = "Deed: distributed futures by ownership.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = DeedCommand.Version.class,
    footer = {
      "",
      "Exit status: 0 done, 1 something failed, 2 the command can't be carried out as given.",
      "Environment: DEED_JAVA_OPTS (flags for the JVM), DEED_DEBUG (as --verbose), DEED_CLUSTER.",
      "See deed COMMAND --help."
    })
public final class DeedCommand implements Runnable {
  /// How the help lists the commands; others follow by their names.
  private static final List<String> ORDER =
      List.of(
          "reproduce",
          "bench",
          "run",
          "classpath",
          "worker",
          "status",
          "jobs",
          "simulate",
          "explore",
          "chaos",
          "test");

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Shows the stack trace of an error.")
  boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this text and ends.")
  boolean help;

  @Option(names = "--version", versionHelp = true, description = "Shows the version and ends.")
  boolean version;

  private DeedCommand() {}

  /// Runs one command and ends the process with its code.
  public static void main(String[] args) {
    System.exit(line().execute(args));
  }

  /// Runs one command within this process, with what it prints going there; returns its exit code.
  public static int execute(Writer out, Writer err, String... args) {
    return line()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  /// A new command line with all commands.
  public static CommandLine line() {
    CommandLine line = new CommandLine(new DeedCommand());
    commands().forEach(command -> add(line, command));
    line.setParameterExceptionHandler(DeedCommand::badLine);
    line.setExecutionExceptionHandler(DeedCommand::failed);
    line.setUsageHelpAutoWidth(false);
    line.setUsageHelpWidth(100);
    return line;
  }

  private static List<CliCommand> commands() {
    List<CliCommand> all = new ArrayList<>();
    for (DeedCommands module : ServiceLoader.load(DeedCommands.class)) {
      all.addAll(module.commands());
    }
    all.sort(
        Comparator.comparingInt((CliCommand command) -> rank(name(command)))
            .thenComparing(DeedCommand::name));
    return all;
  }

  private static int rank(String name) {
    int rank = ORDER.indexOf(name);
    return rank < 0 ? ORDER.size() : rank;
  }

  private static String name(CliCommand command) {
    return command.getClass().getAnnotation(Command.class).name();
  }

  private static void add(CommandLine line, CliCommand command) {
    CommandLine own = new CommandLine(command);
    line.addSubcommand(own);
    command.configure(own);
  }

  /// Without a command there is nothing to do but to say which there are.
  @Override
  public void run() {
    throw CommandException.userError("a command is missing: see deed --help.");
  }

  static boolean verbose(CommandLine line) {
    CommandLine root = line;
    while (root.getParent() != null) {
      root = root.getParent();
    }
    return ((DeedCommand) root.getCommand()).verbose || System.getenv("DEED_DEBUG") != null;
  }

  private static int badLine(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    String wrong =
        e instanceof UnmatchedArgumentException u
            ? unmatched(u)
            : sentence(e).replaceFirst("^Error: ", "");
    String sentence = wrong + ": see " + line.getCommandSpec().qualifiedName() + " --help.";
    return tell(line, sentence, e, ExitCode.USER_ERROR);
  }

  private static String unmatched(UnmatchedArgumentException e) {
    String word = "'" + e.getUnmatched().getFirst() + "'";
    String what =
        e.isUnknownOption()
            ? word + " is no option"
            : e.getCommandLine().getParent() == null
                ? "there is no command " + word
                : word + " is one argument too many";
    List<String> close = e.getSuggestions();
    return close.isEmpty() ? what : what + " (did you mean " + String.join(" or ", close) + "?)";
  }

  private static int failed(Exception e, CommandLine line, ParseResult parsed) {
    return switch (e) {
      case CommandException known -> tell(line, sentence(known), known, known.exitCode());
      case ConnectException unreachable ->
          tell(line, sentence(unreachable), unreachable, ExitCode.USER_ERROR);
      case DeedException known -> tell(line, sentence(known), known, ExitCode.FAILURE);
      default ->
          tell(
              line,
              "unexpected "
                  + e.getClass().getSimpleName()
                  + ": "
                  + sentence(e)
                  + " (--verbose shows where)",
              e,
              ExitCode.FAILURE);
    };
  }

  private static String sentence(Throwable e) {
    return Optional.ofNullable(e.getMessage()).orElse("no message").strip();
  }

  private static int tell(CommandLine line, String sentence, Throwable e, int code) {
    PrintWriter err = line.getErr();
    err.println("deed: " + sentence);
    if (verbose(line)) {
      e.printStackTrace(err);
    }
    err.flush();
    line.getOut().flush();
    return code;
  }

  /// The version of the jar, or `unpacked` when the classes are in no jar.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = DeedCommand.class.getPackage().getImplementationVersion();
      return new String[] {
        "deed " + (version == null ? "unpacked" : version),
        "JVM " + Runtime.version() + ", " + System.getProperty("java.home")
      };
    }
  }
}
