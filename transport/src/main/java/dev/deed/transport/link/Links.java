package dev.deed.transport.link;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireWriter;
import java.net.InetSocketAddress;

/// Reliable first-in first-out messages between this worker and each other one: each message
/// arrives once and in order, across reconnects, until the death of either is followed.
///
/// [#begin], [#end], [#hasRoom], [#flush] and [#flushSoon] belong to one runner at a time (whoever
/// hands that role on makes his writes visible to the next, as the core's permit does); everything
/// else is thread-safe. None of these five blocks. The runner may be any thread, also one that is
/// interrupted.
public interface Links extends AutoCloseable {
  /// `peer` listens at `address` and may be dialed from now on. The worker with the lower id dials
  /// at once, the other when it has something to send. Repeating it changes the address.
  void peer(WorkerId peer, InetSocketAddress address);

  /// Starts a message to `peer`: write it into the returned writer, behind what is there, and call
  /// [#end]. What was begun and not ended is taken back by the next call of this method. A message
  /// to a peer without address waits until there is one or the peer dials; one to a closed peer
  /// goes nowhere.
  WireWriter begin(WorkerId peer);

  /// The message is complete and queued; [#flush] sends it. Returns false if `peer` has left more
  /// than the soft bound unacknowledged: whoever can should then send it nothing but what others
  /// wait for. Throws [LinkOverflowException] beyond the hard bound, and [IllegalArgumentException]
  /// for an empty or too long message; the message is then not queued.
  boolean end(WorkerId peer);

  /// Whether `peer` has left no more than the soft bound unacknowledged. If it has,
  /// [LinkListener#drained] is called when that has fallen to half of the bound; so who keeps
  /// messages back until then needs to ask nothing meanwhile. True for a closed peer.
  boolean hasRoom(WorkerId peer);

  /// [LinkListener#wantsMore] may be true again for `peer`: its reader asks. For one that does not
  /// rest, or has no link, nothing happens.
  void resume(WorkerId peer);

  /// Sends what is queued, one write for each peer with something new; what a socket does not take
  /// now is written by a thread of the links' own when it does.
  void flush();

  /// As [#flush], for a runner that expects more to send in a moment: what is little and follows
  /// closely on the last write may wait for that, a millisecond at most, so that one write carries
  /// many messages.
  void flushSoon();

  /// Forgets `peer` and all that was queued for it, and refuses it for ever: its death was
  /// followed. When this returns, at most the message that is being delivered is still delivered;
  /// called on the peer's own reader thread, none.
  void close(WorkerId peer);

  /// What was counted so far. Not one atomic picture: counters move while they are read.
  LinkStatistics statistics();

  /// Closes all connections, unsent messages included, and waits until no thread is left, except
  /// the calling one if that is a reader.
  @Override
  void close();
}
