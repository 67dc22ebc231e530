package dev.deed.transport.link;

import java.time.Duration;

/// Bounds and times of [Links]; all have defaults.
///
/// @param softBytes unacknowledged bytes a peer from which on [Links#end] returns false (64 MiB)
/// @param hardBytes unacknowledged bytes a peer beyond which a message is refused (256 MiB)
/// @param maxMessageBytes longest message, sent or received (64 MiB)
/// @param heartbeat a connection that sent nothing for so long sends an acknowledgement (500 ms)
/// @param silence a connection on which nothing came for so long is given up (2 s); a few
///   heartbeats
public record LinkOptions(
    long softBytes, long hardBytes, int maxMessageBytes, Duration heartbeat, Duration silence) {
  private static final int MIB = 1024 * 1024;

  /// Throws [IllegalArgumentException] for bounds that can't be kept.
  public LinkOptions {
    if (softBytes < 1 || hardBytes < softBytes) {
      throw new IllegalArgumentException(
          "bounds of unacknowledged bytes: soft " + softBytes + ", hard " + hardBytes);
    }
    if (maxMessageBytes < 1 || maxMessageBytes > Frame.MAX_LENGTH) {
      throw new IllegalArgumentException(
          "the longest message has 1.." + Frame.MAX_LENGTH + " bytes, not " + maxMessageBytes);
    }
    if (!heartbeat.isPositive() || silence.compareTo(heartbeat.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException(
          "silence " + silence + " must last two heartbeats of " + heartbeat + " or more");
    }
  }

  /// The defaults.
  public static LinkOptions defaults() {
    return new LinkOptions(
        64L * MIB, 256L * MIB, 64 * MIB, Duration.ofMillis(500), Duration.ofSeconds(2));
  }

  /// These, with other bounds of unacknowledged bytes a peer.
  public LinkOptions withBounds(long soft, long hard) {
    return new LinkOptions(soft, hard, maxMessageBytes, heartbeat, silence);
  }

  /// These, with another longest message.
  public LinkOptions withMaxMessageBytes(int bytes) {
    return new LinkOptions(softBytes, hardBytes, bytes, heartbeat, silence);
  }

  /// These, with other times of the heartbeat and of the silence that ends a connection.
  public LinkOptions withTimes(Duration newHeartbeat, Duration newSilence) {
    return new LinkOptions(softBytes, hardBytes, maxMessageBytes, newHeartbeat, newSilence);
  }
}
