package dev.deed.futures.runtime;

/// How the longest message is shared out: senders keep each part within its share, so that no
/// receiver has to refuse what they have made.
///
/// What is not shared out is for the names of values that have no room, at most
/// [dev.deed.lineage.TaskSpec#MAX_ARGUMENTS] or [dev.deed.lineage.TaskSpec#MAX_RETURNS] of them.
///
/// @param messageBytes longest message
record MessageLimits(long messageBytes) {
  /// A message of 1 GiB.
  static final MessageLimits DEFAULT = new MessageLimits(1L << 30);

  /// Most bytes of a task's function with what it captured.
  long functionBytes() {
    return messageBytes / 2;
  }

  /// Most bytes of small values, and again of what describes large ones.
  long inlineTotalBytes() {
    return messageBytes / 5;
  }
}
