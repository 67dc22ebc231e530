package dev.deed.ownership;

/// What a holder needs of a foreign object (protocol.md §6.2).
public enum Hold {
  /// Nothing any more.
  NONE,
  /// The record and its lineage, so that it can be made again; not the bytes.
  LINEAGE,
  /// The value.
  VALUE
}
