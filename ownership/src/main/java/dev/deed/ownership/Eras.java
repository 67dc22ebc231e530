package dev.deed.ownership;

import dev.deed.lineage.WorkerId;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/// Holds messages back until this worker has followed the membership log as far as their sender had
/// (protocol.md §4): so that each entry is a consistent cut. The order of each sender's messages
/// stays.
final class Eras {
  private record HeldBack(long era, Message message) {}

  private final CoreContext context;
  private final Map<WorkerId, ArrayDeque<HeldBack>> waiting = new LinkedHashMap<>();

  Eras(CoreContext context) {
    this.context = context;
  }

  /// Whether the message may be applied now; else it is kept.
  boolean admit(WorkerId from, long era, Message message) {
    ArrayDeque<HeldBack> queue = waiting.get(from);
    if (queue == null && era <= context.log.followed()) {
      return true;
    }
    waiting.computeIfAbsent(from, _ -> new ArrayDeque<>()).add(new HeldBack(era, message));
    return false;
  }

  /// An entry has been followed: applies what may be applied now.
  void followed(BiConsumer<WorkerId, Message> apply) {
    for (WorkerId from : java.util.List.copyOf(waiting.keySet())) {
      ArrayDeque<HeldBack> queue = waiting.get(from);
      HeldBack next;
      while (queue != null && (next = queue.peek()) != null && next.era <= context.log.followed()) {
        queue.poll();
        apply.accept(from, next.message);
      }
      if (queue != null && queue.isEmpty()) {
        waiting.remove(from);
      }
    }
  }

  /// Nothing of the dead worker is applied any more.
  void forget(WorkerId dead) {
    waiting.remove(dead);
  }

  /// Messages held back.
  int held() {
    return waiting.values().stream().mapToInt(ArrayDeque::size).sum();
  }
}
