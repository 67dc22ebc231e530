package dev.deed.transport.link;

import dev.deed.lineage.wire.WireWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// The form of what travels on a link: a header of twelve bytes, then the content.
///
/// The header is three little-endian numbers of four bytes: kind (4 bits) and length (28 bits); a
/// check of that and of the message's number; the CRC-32C of the content. A message's number is not
/// sent, it is the count of messages before it, and the check fails where the two ends count
/// differently. Acknowledgements have no number; their content is the count of messages received.
final class Frame {
  static final int HEADER_BYTES = 12;
  static final int LENGTH_BITS = 28;
  static final int MAX_LENGTH = (1 << LENGTH_BITS) - 1;

  static final int MESSAGE = 1;
  static final int ACKNOWLEDGEMENT = 2;

  static final int ACKNOWLEDGEMENT_BYTES = HEADER_BYTES + Long.BYTES;

  private Frame() {}

  static int word(int kind, int length) {
    return kind << LENGTH_BITS | length;
  }

  static int kind(int word) {
    return word >>> LENGTH_BITS;
  }

  static int length(int word) {
    return word & MAX_LENGTH;
  }

  /// The check of a header: depends on each bit of the word and of the message's number.
  static int check(int word, long number) {
    long mixed = (number + 1) * 0x9E3779B97F4A7C15L ^ (word & 0xffffffffL);
    mixed = (mixed ^ mixed >>> 29) * 0xBF58476D1CE4E5B9L;
    return (int) (mixed >>> 32);
  }

  static int checksum(CRC32C crc, byte[] array, int offset, int length) {
    crc.reset();
    crc.update(array, offset, length);
    return (int) crc.getValue();
  }

  /// Leaves room for a message's header; [#finish] fills it in.
  static void reserve(WireWriter out) {
    out.writeFixedLong(0);
    out.writeFixedInt(0);
  }

  /// Fills in the header of the message that starts at `start` and ends where `out` does.
  static void finish(WireWriter out, int start, long number, CRC32C crc) {
    int content = start + HEADER_BYTES;
    int length = out.length() - content;
    int word = word(MESSAGE, length);
    out.patchFixedInt(start, word);
    out.patchFixedInt(start + 4, check(word, number));
    out.patchFixedInt(start + 8, checksum(crc, out.array(), content, length));
  }

  /// Fills `buffer` with the acknowledgement of `count` messages, ready to be written.
  static void acknowledge(ByteBuffer buffer, long count, CRC32C crc) {
    int word = word(ACKNOWLEDGEMENT, Long.BYTES);
    buffer.clear().order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(HEADER_BYTES, count);
    int checksum = checksum(crc, buffer.array(), buffer.arrayOffset() + HEADER_BYTES, Long.BYTES);
    buffer.putInt(0, word).putInt(4, check(word, 0)).putInt(8, checksum);
    buffer.limit(ACKNOWLEDGEMENT_BYTES);
  }

  static int readInt(byte[] array, int offset) {
    return (array[offset] & 0xff)
        | (array[offset + 1] & 0xff) << 8
        | (array[offset + 2] & 0xff) << 16
        | (array[offset + 3] & 0xff) << 24;
  }

  static long readLong(byte[] array, int offset) {
    return (readInt(array, offset) & 0xffffffffL) | (long) readInt(array, offset + 4) << 32;
  }
}
