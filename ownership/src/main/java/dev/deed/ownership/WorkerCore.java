package dev.deed.ownership;

/// The protocol core of one worker: it takes events and gives effects, and decides everything about
/// references. Single-threaded: one caller at a time, whichever thread that is.
public final class WorkerCore {

  /// A core that knows nobody yet.
  public WorkerCore(Member self, CoreConfig config, Effects effects) {}

  /// Applies one event at the time `nowNs` of a clock that only rises.
  public void on(long nowNs, Event event) {}

  /// When the next [Event.Tick] has something to do; [Long#MAX_VALUE] for never.
  public long nextDueNs() {
    return Long.MAX_VALUE;
  }
}
