package dev.deed.futures.cli;

import org.jspecify.annotations.Nullable;

/// The end of a command by an error that its user is told in one sentence, without a stack trace
/// unless `--verbose` is given. The sentence says what is wrong and what to do about it.
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandException(int exitCode, String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
    this.exitCode = exitCode;
  }

  /// The command was given wrongly: [ExitCode#USER_ERROR].
  public static CommandException userError(String sentence) {
    return new CommandException(ExitCode.USER_ERROR, sentence, null);
  }

  /// As [#userError(String)], with what led to it.
  public static CommandException userError(String sentence, Throwable cause) {
    return new CommandException(ExitCode.USER_ERROR, sentence, cause);
  }

  /// The command was right, but could not be carried out: [ExitCode#FAILURE].
  public static CommandException failure(String sentence) {
    return new CommandException(ExitCode.FAILURE, sentence, null);
  }

  /// As [#failure(String)], with what led to it.
  public static CommandException failure(String sentence, Throwable cause) {
    return new CommandException(ExitCode.FAILURE, sentence, cause);
  }

  /// The code that the process ends with.
  public int exitCode() {
    return exitCode;
  }
}
