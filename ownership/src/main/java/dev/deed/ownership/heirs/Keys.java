package dev.deed.ownership.heirs;

/// Keys in an order, each with a mark.
sealed interface Keys permits KeyList, KeyQueue {
  int size();

  /// The key at `index` from the front.
  long key(int index);

  boolean marked(int index);

  default boolean isEmpty() {
    return size() == 0;
  }
}
