package dev.deed.faultinjection.explorer;

/// When a search ends although it has not seen everything.
///
/// @param maxStates most states that are told apart
/// @param seconds longest time
/// @param maxBytes most memory, by a fair estimate
public record Limits(int maxStates, double seconds, long maxBytes) {
  private static final double SHARE_OF_HEAP = 0.75;

  /// As many states as the heap has room for.
  public static Limits ofHeap(int maxStates, double seconds) {
    long heap = Runtime.getRuntime().maxMemory();
    return new Limits(maxStates, seconds, (long) (SHARE_OF_HEAP * heap));
  }
}
