package dev.deed.transport.link;

import java.util.Arrays;
import java.util.Optional;

/// What a connection is for. It is part of what both ends prove in the [Handshake], so that a
/// connection can't be passed off as one of another kind.
public enum ConnectionKind {
  /// Messages between two cores ([Links]).
  LINK(0),
  /// Values, in chunks.
  BULK(1),
  /// A group channel of JGroups.
  GROUP(2),
  /// Messages about membership: apart from the others, so that leases never wait behind them.
  MEMBERSHIP(4),
  /// What the server of an estate and its heirs say to each other.
  HEIRS(5),
  /// A newcomer that knows an address and not yet whose: the dialer learns the acceptor's id.
  CLIENT(3);

  private static final ConnectionKind[] VALUES = values();

  private final int code;

  ConnectionKind(int code) {
    this.code = code;
  }

  /// The code on the wire.
  int code() {
    return code;
  }

  static Optional<ConnectionKind> ofCode(int code) {
    return Arrays.stream(VALUES).filter(kind -> kind.code == code).findFirst();
  }
}
