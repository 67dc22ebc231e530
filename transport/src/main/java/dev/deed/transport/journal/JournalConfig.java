package dev.deed.transport.journal;

/// The bounds of a journal.
///
/// @param segmentBytes about how long a segment becomes, and so many bytes of cuts may lie beside a
///   base before they are compacted
/// @param limitBytes most bytes of all its files; while it is compacted, records take twice their
///   room
/// @param recordBytes most bytes of a record
public record JournalConfig(long segmentBytes, long limitBytes, int recordBytes) {

  /// Refuses sizes of nothing.
  public JournalConfig {
    if (segmentBytes < 1 || limitBytes < 1 || recordBytes < 1) {
      throw new IllegalArgumentException(
          "segments of %d bytes, %d in all, records of %d"
              .formatted(segmentBytes, limitBytes, recordBytes));
    }
  }

  /// Segments of 16 MiB, 4 GiB in all, records of 1.25 GiB: the longest of a record log.
  public static JournalConfig defaults() {
    return new JournalConfig(16 << 20, 4L << 30, 5 << 28);
  }
}
