package dev.deed.transport.link;

import dev.deed.lineage.WorkerId;

/// A message was not queued, because the peer has left more unacknowledged than the hard bound.
/// Whoever gets it ignored the back-pressure that [Links#end] had told long before.
public final class LinkOverflowException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  LinkOverflowException(WorkerId peer, long unacknowledgedBytes, long hardBytes) {
    super(
        String.format(
            "%s has %d bytes to acknowledge, and %d is the most that is kept for it",
            peer.brief(), unacknowledgedBytes, hardBytes));
  }
}
