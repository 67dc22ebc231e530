package dev.deed.ownership.heirs;

import dev.deed.lineage.EstateId;
import java.util.Arrays;
import java.util.Objects;

/// What the server of an estate and an heir of it say to each other.
///
/// A *feed* is all that one follower is sent from its start to its end; feeds are numbered by the
/// server, those of a higher epoch come after all of a lower one.
public sealed interface HeirMessage {

  /// The estate that the message is about.
  EstateId estate();

  /// The epoch of the server that sent it, or is answered by it.
  long epoch();

  /// Records, from the server to an heir. The parts up to a complete one are applied together.
  ///
  /// @param sequence number within the feed, from 1
  /// @param batch the cut at which the records were so
  /// @param stable a batch that all full heirs hold
  /// @param complete whether the heir lacks nothing of `batch` with it
  /// @param records a sequence of key, length + 1 and bytes; 0 in the place of a length says that
  ///   there is no record under the key any more
  record Part(
      EstateId estate,
      long epoch,
      long feed,
      long sequence,
      long batch,
      long stable,
      boolean complete,
      byte[] records)
      implements HeirMessage {
    @Override
    public boolean equals(Object other) {
      return other instanceof Part part
          && part.estate.equals(estate)
          && part.epoch == epoch
          && part.feed == feed
          && part.sequence == sequence
          && part.batch == batch
          && part.stable == stable
          && part.complete == complete
          && Arrays.equals(part.records, records);
    }

    @Override
    public int hashCode() {
      return Objects.hash(estate, epoch, feed, sequence, batch);
    }

    @Override
    public String toString() {
      return "Part[%s epoch %d, feed %d, part %d, batch %d%s, stable %d, %d bytes]"
          .formatted(
              estate,
              epoch,
              feed,
              sequence,
              batch,
              complete ? " complete" : "",
              stable,
              records.length);
    }
  }

  /// Up to which part the heir has all, from the heir to the server.
  ///
  /// @param gap whether a later part came
  record Received(EstateId estate, long epoch, long feed, long through, boolean gap)
      implements HeirMessage {}

  /// The heir has no room for the image: it takes nothing more of this feed.
  record Declined(EstateId estate, long epoch, long feed) implements HeirMessage {}
}
