package dev.deed.transport.link;

/// What [Links] have counted since they were opened, over all peers.
///
/// @param peers peers that are known and not closed
/// @param connected peers with a connection now
/// @param unacknowledgedBytes bytes kept for peers that have not acknowledged them
/// @param messagesSent messages queued and flushed
/// @param bytesSent bytes of those, with their headers
/// @param messagesReceived messages delivered to the listener
/// @param bytesReceived bytes of those, without headers
/// @param messagesResent messages sent again after a reconnect, as far as is known
/// @param messagesDiscarded messages begun for a peer that was closed
/// @param connections connections that came to be, dialed or accepted
/// @param dialsFailed attempts to dial that failed
/// @param violations connections closed because of what came: bad frames, impossible
///   acknowledgements, messages that the listener refused by an exception
public record LinkStatistics(
    int peers,
    int connected,
    long unacknowledgedBytes,
    long messagesSent,
    long bytesSent,
    long messagesReceived,
    long bytesReceived,
    long messagesResent,
    long messagesDiscarded,
    long connections,
    long dialsFailed,
    long violations) {}
