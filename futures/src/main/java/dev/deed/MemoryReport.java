package dev.deed;

import java.util.List;

/// What the tables of one worker, or of all, hold at one moment.
///
/// @param references one entry for each reference
/// @param storedBytes bytes of the copies in the stores
/// @param lineageBytes bytes of specifications and arguments that are kept to re-create values
/// @param replicatedBytes bytes that were sent to heirs since the worker began, and by heirs in
///   answer; packed, as they went
public record MemoryReport(
    List<Entry> references, long storedBytes, long lineageBytes, long replicatedBytes) {

  /// One reference in the tables of one worker.
  ///
  /// @param id the value
  /// @param worker whose table it is in
  /// @param owner the worker that keeps its record: its creator, or the heir that serves it after
  ///   that one's death; the same as `worker` where it is owned
  /// @param state `pending`, `inline`, `stored`, `failed`, `released` (kept for its lineage only)
  ///   or `borrowed`
  /// @param size bytes of the value, 0 when there is none
  /// @param causes what in the worker itself needs it, by name
  /// @param holders the other workers that hold it
  /// @param task name of the task that makes it, or of the put; empty for a borrowed one
  /// @param site where it was created, as `Class.method(File.java:line)`; empty if unknown
  public record Entry(
      ObjectId id,
      WorkerId worker,
      WorkerId owner,
      String state,
      long size,
      List<String> causes,
      List<WorkerId> holders,
      String task,
      String site) {}
}
