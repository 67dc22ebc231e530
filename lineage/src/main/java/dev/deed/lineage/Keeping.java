package dev.deed.lineage;

/// What a call or a put asks of the heirs of the estate that it is in (protocol.md §3).
public enum Keeping {
  /// Its records are kept as those of the estate are.
  ESTATE,
  /// It is not pushed, and nobody is told its value, before the heirs have the record of it.
  SYNC
}
