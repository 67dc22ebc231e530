package dev.deed.transport.group;

/// What a [HeirChannel] has counted since it was opened, over all peers. Not one atomic picture.
///
/// @param messagesSent messages that a socket has taken in full
/// @param bytesSent bytes of those, as they went ([Packing])
/// @param messagesRefused messages for which a queue had no room
/// @param messagesLost messages that were queued, and could not be sent
/// @param messagesReceived messages handed to the receiver
/// @param bytesReceived bytes of those, as they came
/// @param framesDropped pieces of messages that came too late, or whose beginning was lost
/// @param malformed connections ended, and frames dropped, since no channel writes such
public record HeirStatistics(
    long messagesSent,
    long bytesSent,
    long messagesRefused,
    long messagesLost,
    long messagesReceived,
    long bytesReceived,
    long framesDropped,
    long malformed) {}
