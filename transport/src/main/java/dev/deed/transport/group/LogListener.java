package dev.deed.transport.group;

/// Hears what a [ReplicatedLog] does, one call at a time and in order, on a thread of the log. A
/// call that throws is logged and counts as done.
public interface LogListener {
  /// The entry is committed. Indexes start at 1 and have no gaps; a voter that was added later
  /// hears all of them from the first, where runs of entries that had been compacted away come as
  /// the neutral entry.
  void committed(long index, byte[] entry);

  /// Whether this voter leads from here on. `true` comes after everything that earlier leaders had
  /// committed.
  void leadership(boolean leads);
}
