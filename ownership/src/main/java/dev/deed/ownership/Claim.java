package dev.deed.ownership;

/// How what was called or put is held for whoever did it.
@FunctionalInterface
interface Claim {
  /// Holds the record of result number `index`.
  void hold(ObjectRecord record, int index);

  /// By handles of this worker.
  static Claim byHandles(long... handles) {
    return (record, index) -> record.causes.add(new Cause.Handle(handles[index]));
  }
}
