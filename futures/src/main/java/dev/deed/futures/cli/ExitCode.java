package dev.deed.futures.cli;

/// How `deed` ends. `deed run` passes the code of the user's program on instead.
public final class ExitCode {
  /// Everything was done, and nothing was found wrong.
  public static final int OK = 0;

  /// Something failed: a run, a check, a build.
  public static final int FAILURE = 1;

  /// The command can't be carried out as it was given.
  public static final int USER_ERROR = 2;

  private ExitCode() {}
}
