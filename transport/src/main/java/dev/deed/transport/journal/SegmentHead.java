package dev.deed.transport.journal;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/// The first 64 bytes of a segment, little-endian: magic, format version, kind, estate, number,
/// next cut, checksum.
///
/// @param base whether it is a base
/// @param estate whose journal it is
/// @param number of the segment
/// @param next number of the first cut in this log, or in the log after this base
record SegmentHead(boolean base, EstateId estate, long number, long next) {
  static final int BYTES = 64;

  private static final long MAGIC = 0x4c4e524a44454544L; // "DEEDJRNL"
  private static final int VERSION = 1;
  private static final int CHECKED = BYTES - 4;

  /// The header as bytes.
  ByteBuffer bytes() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(MAGIC).putInt(VERSION).putInt(base ? 1 : 0);
    bytes.putLong(estate.creator().high()).putLong(estate.creator().low());
    bytes.putLong(number).putLong(next);
    bytes.putInt(CHECKED, checksum(bytes));
    return bytes.clear();
  }

  /// Reads the header; empty for anything else than one of this format.
  ///
  /// @throws JournalMismatchException if it is one of another format version
  static Optional<SegmentHead> read(ByteBuffer bytes, String file) throws JournalMismatchException {
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.limit() < BYTES
        || bytes.getLong(0) != MAGIC
        || bytes.getInt(CHECKED) != checksum(bytes)) {
      return Optional.empty();
    }
    int version = bytes.getInt(8);
    if (version != VERSION) {
      throw new JournalMismatchException(
          "%s is of journal format %d, this version of Deed reads %d: use the one that wrote it"
              .formatted(file, version, VERSION));
    }
    EstateId estate = new EstateId(new WorkerId(bytes.getLong(16), bytes.getLong(24)));
    int kind = bytes.getInt(12);
    long number = bytes.getLong(32);
    long next = bytes.getLong(40);
    boolean zeros = bytes.getLong(48) == 0 && bytes.getInt(56) == 0;
    return (kind != 0 && kind != 1) || number < 1 || next < 1 || !zeros
        ? Optional.empty()
        : Optional.of(new SegmentHead(kind == 1, estate, number, next));
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(0).limit(CHECKED));
    return (int) crc.getValue();
  }
}
