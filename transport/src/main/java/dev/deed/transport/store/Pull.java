package dev.deed.transport.store;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.store.PullResult.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One value on its way here: which blocks are missing, and which holders are worth asking. Shared
/// by the lanes that fetch its blocks; thread-safe.
final class Pull {
  /// A holder is given up when its failures without a good block in between weigh as much.
  private static final int MAX_FAILURES = 4;

  private final StoredCopy value;
  private final CompletableFuture<PullResult> result = new CompletableFuture<>();
  private final List<Holder> holders = new ArrayList<>();
  private final Deque<Integer> returned = new ArrayDeque<>();
  private final List<PullLane> lanes = new ArrayList<>();
  private final int blocks;
  private int nextBlock;
  private int done;
  private boolean over;
  private PullResult.@Nullable Failed failure;

  /// A worker that is said to have the value.
  static final class Holder {
    private final WorkerId worker;
    private int failures;
    private int visitors;
    private boolean absent;
    private boolean corrupt;
    private String trouble = "not tried";

    private Holder(WorkerId worker) {
      this.worker = worker;
    }

    WorkerId worker() {
      return worker;
    }

    private boolean usable() {
      return !absent && failures < MAX_FAILURES;
    }
  }

  Pull(StoredCopy value, List<WorkerId> holders) {
    this.value = value;
    this.blocks = BlockHash.blocks(value.size());
    holders.stream().distinct().map(Holder::new).forEach(this.holders::add);
  }

  StoredCopy value() {
    return value;
  }

  CompletableFuture<PullResult> result() {
    return result;
  }

  int blocks() {
    return blocks;
  }

  List<WorkerId> workers() {
    return holders.stream().map(Holder::worker).toList();
  }

  /// Another lane begins.
  ///
  /// @return false if the pull has been given up
  synchronized boolean join(PullLane lane) {
    if (over) {
      return false;
    }
    lanes.add(lane);
    return true;
  }

  /// A lane has ended.
  ///
  /// @return whether it was the last
  synchronized boolean leave(PullLane lane) {
    lanes.remove(lane);
    return lanes.isEmpty();
  }

  synchronized boolean isOver() {
    return over;
  }

  /// Gives up: lanes end soon. The first reason stands.
  void giveUp(Reason reason, String text) {
    List<PullLane> all;
    synchronized (this) {
      if (failure == null) {
        failure = new PullResult.Failed(reason, text);
      }
      over = true;
      all = List.copyOf(lanes);
    }
    all.forEach(PullLane::end);
  }

  /// A block to ask for; empty if all are there or asked for.
  synchronized OptionalInt takeBlock() {
    if (over) {
      return OptionalInt.empty();
    }
    Integer again = returned.poll();
    if (again != null) {
      return OptionalInt.of(again);
    }
    return nextBlock < blocks ? OptionalInt.of(nextBlock++) : OptionalInt.empty();
  }

  /// Blocks that were asked for and have not come.
  synchronized void giveBack(List<Integer> wanted) {
    returned.addAll(wanted);
  }

  /// A block has come.
  synchronized void came(Holder from) {
    done++;
    from.failures = 0;
  }

  /// Whether there are blocks that nobody has been asked for.
  synchronized boolean hasWork() {
    return !over && (!returned.isEmpty() || nextBlock < blocks);
  }

  synchronized boolean isComplete() {
    return done == blocks;
  }

  /// The best holder to visit next: the one with the fewest failures, then visitors, then the
  /// first. The visit is ended by one of the methods below. Empty if none is left.
  synchronized Optional<Holder> visit() {
    Holder best = null;
    for (Holder holder : holders) {
      if (holder.usable()
          && (best == null
              || holder.failures < best.failures
              || (holder.failures == best.failures && holder.visitors < best.visitors))) {
        best = holder;
      }
    }
    if (best != null) {
      best.visitors++;
    }
    return Optional.ofNullable(best);
  }

  synchronized void left(Holder holder) {
    holder.visitors--;
  }

  /// A visit was in vain. Silence weighs as much as two failures that are told at once.
  synchronized void failed(Holder holder, boolean silent, String trouble) {
    holder.failures += silent ? MAX_FAILURES / 2 : 1;
    holder.trouble = trouble;
  }

  synchronized void absent(Holder holder) {
    holder.absent = true;
    holder.trouble = "does not have it";
  }

  synchronized void corrupt(Holder holder) {
    // Good blocks do not make up for a bad one.
    holder.corrupt = true;
    holder.failures = MAX_FAILURES;
    holder.trouble = "sent a block that is not what its checksum says";
  }

  /// Why it failed, once no lane is left.
  synchronized PullResult.Failed failure() {
    PullResult.Failed known = failure;
    if (known != null) {
      return known;
    }
    StringBuilder text = new StringBuilder();
    for (Holder holder : holders) {
      text.append(text.isEmpty() ? "" : "; ")
          .append(holder.worker.brief())
          .append(": ")
          .append(holder.trouble);
    }
    Reason reason =
        holders.stream().allMatch(holder -> holder.absent)
            ? Reason.ABSENT
            : holders.stream().anyMatch(holder -> holder.corrupt)
                ? Reason.CORRUPT
                : Reason.UNREACHABLE;
    return new PullResult.Failed(reason, text.isEmpty() ? "no holder was named" : text.toString());
  }
}
