package dev.deed.transport.link;

import java.util.Map;

/// What an [Endpoint] has counted since it opened.
///
/// @param accepted connections handed to a handler
/// @param refused connections refused, by reason; every reason is a key
/// @param overflowed connections closed because too many strangers were connected at once
/// @param failed connections that broke in the handshake or in their handler's first steps
/// @param strangers connections that are in the handshake now
public record EndpointStatistics(
    long accepted,
    Map<HandshakeException.Reason, Long> refused,
    long overflowed,
    long failed,
    int strangers) {

  /// Takes a copy of the map.
  public EndpointStatistics {
    refused = Map.copyOf(refused);
  }
}
