package dev.deed.futures.cli;

import java.util.List;

/// The commands that a module adds to `deed`: a service, found by [java.util.ServiceLoader].
///
/// A module names its implementation, a public class with a public constructor without parameters,
/// in `META-INF/services/dev.deed.futures.cli.DeedCommands`:
///
/// ```
/// public final class BenchCommands implements DeedCommands {
///   @Override
///   public List<CliCommand> commands() {
///     return List.of(new BenchCommand());
///   }
/// }
/// ```
///
/// This is called at each start of `deed`, also for other modules' commands: constructors must do
/// nothing that takes time.
public interface DeedCommands {

  /// New instances of this module's commands.
  List<CliCommand> commands();
}
