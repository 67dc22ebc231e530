package dev.deed.transport.link;

import java.util.Optional;

/// What a connection is for. It is part of what both ends prove in the [Handshake], so that a
/// connection can't be passed off as one of another kind. The order is the code on the wire.
public enum ConnectionKind {
  /// Messages between two cores ([Links]).
  LINK,
  /// Values, in chunks.
  BULK,
  /// A group channel of JGroups.
  GROUP,
  /// A newcomer that knows an address and not yet whose: the dialer learns the acceptor's id.
  CLIENT;

  private static final ConnectionKind[] VALUES = values();

  static Optional<ConnectionKind> ofCode(int code) {
    return code < VALUES.length ? Optional.of(VALUES[code]) : Optional.empty();
  }
}
