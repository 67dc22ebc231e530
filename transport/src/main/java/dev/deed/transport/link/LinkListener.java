package dev.deed.transport.link;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;

/// Gets what arrives on links. All calls for one peer come one after the other, those for different
/// peers at the same time.
///
/// An exception from [#received] or [#receivedBatchEnd] closes the connection and is counted; the
/// message counts as received and is not delivered again.
public interface LinkListener {
  /// The next message from `from`, on the reader thread of its link. The reader's bytes lie in the
  /// socket's buffer and are valid during the call only.
  void received(WorkerId from, WireReader message);

  /// All complete messages of one read from the socket were delivered; same thread.
  void receivedBatchEnd(WorkerId from);

  /// After [Links#hasRoom] was false: `peer` has acknowledged so much that there is room again.
  /// Called on the link's reader thread; may come once too often.
  default void drained(WorkerId peer) {
    // Only who keeps messages back has anything to do.
  }

  /// Whether more of what `peer` sends is wanted now; asked on its reader thread before each read
  /// of the socket. If not, the reader rests, also on later connections, until [Links#resume] is
  /// called: what `peer` goes on sending then stays with it, unacknowledged.
  default boolean wantsMore(WorkerId peer) {
    return true;
  }

  /// A connection to `peer` is there; called on its reader thread, before its first message. A
  /// hint.
  void connected(WorkerId peer);

  /// The connection to `peer` is gone, or the first attempt to dial it failed; the sentence `why`
  /// is for people. A hint: what was queued is kept, and connecting is tried again.
  void disconnected(WorkerId peer, String why);
}
