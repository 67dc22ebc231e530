package dev.deed;

/// What survives the death of the worker that owns a reference.
public enum Durability {
  /// Nothing: its objects fail with [OwnerDiedException].
  NONE,
  /// What its heirs have by then; they are told at most some milliseconds later.
  ASYNC,
  /// Everything that anyone has seen: nothing leaves the worker before its heirs hold it.
  SYNC
}
