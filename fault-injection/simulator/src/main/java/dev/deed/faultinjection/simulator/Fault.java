package dev.deed.faultinjection.simulator;

/// One fault of a plan: data, so that a plan can be printed, replayed and made smaller. Workers are
/// named by their place in the world, 0 is the driver.
sealed interface Fault {

  /// When it begins.
  long atNs();

  /// The process is killed.
  record Crash(long atNs, int worker) implements Fault {}

  /// Nothing runs in the process for a while; a long pause costs it its lease, and its life.
  record Pause(long atNs, int worker, long forNs) implements Fault {}

  /// Nothing passes from one worker to another; what was sent arrives afterwards.
  record Cut(long atNs, int from, int to, long forNs) implements Fault {}

  /// The worker can't reach the membership log, nor the log it.
  record CutFromLog(long atNs, int worker, long forNs) implements Fault {}

  /// The connection breaks: an unknown part of what is on the wire is sent again a while later.
  record Break(long atNs, int from, int to, long reconnectNs) implements Fault {}

  /// Every message from one to another takes longer by so much.
  record Slow(long atNs, int from, int to, long forNs, long byNs) implements Fault {}

  /// The membership log takes no entries.
  record LogOutage(long atNs, long forNs) implements Fault {}

  /// Messages of one kind are late, and what is behind them on the same link with them.
  ///
  /// @param kind simple name of the message's or the estate message's class
  /// @param from sender, or -1 for any
  /// @param to receiver, or -1 for any
  /// @param times how many of them
  record Delay(long atNs, String kind, int from, int to, long byNs, int times) implements Fault {}

  /// Nothing passes from one worker to another on the heirs' channel: what is sent is lost.
  record CutHeirs(long atNs, int from, int to, long forNs) implements Fault {}

  /// Everything on the heirs' channel to a worker takes longer by so much.
  record LagHeir(long atNs, int worker, long forNs, long byNs) implements Fault {}

  /// A worker is killed, and the first heirs of its estate with it, within a while.
  record CrashWithHeirs(long atNs, int worker, int heirs, long withinNs) implements Fault {}

  /// A worker is killed, of which no heir has heard anything for so long.
  record CrashUnheard(long atNs, int worker, long unheardNs) implements Fault {}

  /// A worker is killed, and whoever serves its estate next, that long after the death is in the
  /// log.
  record CrashSuccessor(long atNs, int worker, long afterNs) implements Fault {}

  /// Whoever runs the main of the job is killed.
  ///
  /// @param serverAfterNs so long after another driver has begun to run it the server of its calls
  ///   is killed as well; -1 for not at all
  record CrashDriver(long atNs, long serverAfterNs) implements Fault {}

  /// A new worker joins.
  record Join(long atNs, int cpus) implements Fault {}
}
