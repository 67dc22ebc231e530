package dev.deed.lineage;

/// What a task is given in the place of a reference that its caller joined.
public sealed interface Argument {

  /// The reference that was joined; it names the argument for as long as the task may run again.
  Reference reference();

  /// Not resolved yet: the value does not exist, or nobody asked for it, or the message has no room
  /// for it and the executing worker is to ask for it.
  record Pending(Reference reference) implements Argument {}

  /// A small value, copied into the specification: it needs its object no longer.
  record Inline(Reference reference, Value value) implements Argument {}

  /// A large value, to be fetched by the executing worker from one of the holders.
  record Stored(Reference reference, StoredValue value, java.util.List<WorkerId> holders)
      implements Argument {}
}
