package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// Who belongs to the cluster, as a driver follows it, and waits for that to change. Thread-safe.
final class Members {
  private final Map<WorkerId, Member> members = new LinkedHashMap<>();

  /// The next entry of the membership log.
  synchronized void follow(Entry entry) {
    switch (entry) {
      case Entry.Join(Member member) -> members.putIfAbsent(member.id(), member);
      case Entry.Death(WorkerId worker, _, _) -> members.remove(worker);
      default -> {
        return;
      }
    }
    notifyAll();
  }

  /// In the order of their joins.
  synchronized List<Member> list() {
    return List.copyOf(members.values());
  }

  synchronized boolean has(WorkerId worker) {
    return members.containsKey(worker);
  }

  /// How many of them execute tasks.
  synchronized int workers() {
    return (int) members.values().stream().filter(member -> !member.driver()).count();
  }

  /// Has those that wait look again.
  synchronized void wake() {
    notifyAll();
  }

  /// Waits until `met`, which is asked now, when the members have changed and after [#wake], or
  /// until `deadlineNs` of [System#nanoTime]; returns whether it was met.
  synchronized boolean await(BooleanSupplier met, long deadlineNs) {
    return MonitorWait.until(this, met, deadlineNs, "interrupted while workers started");
  }
}
