package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Bounds what one sender may have waiting in the core because this worker has not followed the
/// membership log as far as the sender had. Thread-safe.
/*
 * State. For each sender whose messages wait: their bytes, and the latest era among them.
 *
 * Invariant. A sender's eras only rise. So while its messages up to one era wait, all that it sends behind
 * them would wait as well: not to read them holds nothing up that could be applied. What waits for a sender
 * is at most the bound, one message more, and what the link's reader had read with that.
 *
 * Progress. Reading goes on when the log has been followed, which needs nothing that travels on these links:
 * entries, leases and proofs of death have links and threads of their own.
 *
 * Cost. While nothing waits: one comparison a message, one look into an empty table each time a socket is
 * read.
 */
final class EraWindow {
  /// What waits of one sender, and the era with which the last of it may be applied.
  private record Waiting(long bytes, long era) {}

  private final long bound;
  private final Consumer<WorkerId> resume;
  private final Map<WorkerId, Waiting> waiting = new ConcurrentHashMap<>();
  private volatile long followed;

  /// At most `bound` bytes wait for a sender before `wantsMore` is false; `resume` is told when it
  /// may be true again.
  EraWindow(long bound, Consumer<WorkerId> resume) {
    this.bound = bound;
    this.resume = resume;
  }

  /// A message has come: `from` had followed the log up to `era` when it was sent.
  void arrived(WorkerId from, long era, int bytes) {
    if (era > followed) {
      waiting.compute(
          from,
          (_, before) -> {
            boolean more = before != null && before.era > followed;
            return more
                ? new Waiting(before.bytes + bytes, Math.max(before.era, era))
                : new Waiting(bytes, era);
          });
    }
  }

  /// Whether `from` may have more waiting.
  boolean wantsMore(WorkerId from) {
    Waiting of = waiting.get(from);
    return of == null || of.bytes <= bound || of.era <= followed;
  }

  /// The core is to follow the log up to `index` before anything that arrives from now on.
  void follow(long index) {
    followed = index;
    // First the index, then the table: who asks meanwhile sees the one or is told.
    waiting.forEach((sender, of) -> {
      if (of.era <= index && waiting.remove(sender, of)) {
        resume.accept(sender);
      }
    });
  }

  /// Nothing of `sender`, whose death is followed, waits any more.
  void close(WorkerId sender) {
    waiting.remove(sender);
  }

  /// Bytes that wait of `sender`, or did until the log was followed a moment ago.
  long waiting(WorkerId sender) {
    Waiting of = waiting.get(sender);
    return of == null ? 0 : of.bytes;
  }
}
