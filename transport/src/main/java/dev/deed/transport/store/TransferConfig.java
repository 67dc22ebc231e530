package dev.deed.transport.store;

/// The numbers that transfers go by.
///
/// @param activePulls most values that are pulled at once; others wait
/// @param waitingPulls most values that wait
/// @param lanes most connections that one value uses at once
/// @param pipeline chunk requests in flight on a connection
/// @param connectionsPerPeer most connections to a peer, and from it
/// @param servedConnections most connections that are served at once
/// @param stallNs a connection with less than 16 KiB of progress in this time is given up
/// @param idleNs how long an unused connection is kept
/// @param pendingNs how long a server waits for a block that is still arriving, before it says so
public record TransferConfig(
    int activePulls,
    int waitingPulls,
    int lanes,
    int pipeline,
    int connectionsPerPeer,
    int servedConnections,
    long stallNs,
    long idleNs,
    long pendingNs) {

  /// Four values at once, of two connections each; 5 s without progress is too long.
  public static TransferConfig defaults() {
    return new TransferConfig(
        4, 1 << 16, 2, 4, 4, 256, 5_000_000_000L, 5_000_000_000L, 1_000_000_000L);
  }

  /// The same, with other bounds for one client of several in a process: a server counts the
  /// connections of all of them together.
  public TransferConfig withClient(int otherActivePulls, int otherConnectionsPerPeer) {
    return new TransferConfig(
        otherActivePulls,
        waitingPulls,
        Math.min(lanes, otherConnectionsPerPeer),
        pipeline,
        otherConnectionsPerPeer,
        servedConnections,
        stallNs,
        idleNs,
        pendingNs);
  }

  /// The same, with another patience.
  public TransferConfig withStallNs(long otherStallNs) {
    return new TransferConfig(
        activePulls,
        waitingPulls,
        lanes,
        pipeline,
        connectionsPerPeer,
        servedConnections,
        otherStallNs,
        idleNs,
        Math.min(pendingNs, otherStallNs / 2));
  }
}
