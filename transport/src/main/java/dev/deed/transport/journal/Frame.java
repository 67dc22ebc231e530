package dev.deed.transport.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The header of a frame, 40 bytes, little-endian: marker, flags, length as stored, length, cut,
/// cut up to which all was synced, checksum of the content as stored, checksum of the header.
///
/// @param flags what it is
/// @param stored length of its content as it is stored
/// @param plain length of its content
/// @param cut the cut that it belongs to
/// @param synced everything up to this cut had been synced before it was written
/// @param checksum of the content as it is stored
record Frame(int flags, int stored, int plain, long cut, long synced, int checksum) {
  static final int HEAD_BYTES = 40;

  /// Most bytes of content. What is longer takes several frames.
  static final int CONTENT_BYTES = 1 << 18;

  /// The content is one zstd frame.
  static final int ZSTD = 1;

  /// The first of its cut.
  static final int FIRST = 2;

  /// The last of its cut.
  static final int LAST = 4;

  /// No content and no cut of its own: tells what has been synced, and that what came before of a
  /// cut that is not complete was given up.
  static final int MARK = 8;

  static final int MARKER = 0x4d52464a; // "JFRM"
  private static final int FLAGS = ZSTD | FIRST | LAST | MARK;
  private static final int CHECKED = HEAD_BYTES - 4;

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /// Writes the header of the frame that begins at `position` of segment `number`.
  void write(ByteBuffer out, long number, long position) {
    int start = out.position();
    out.putInt(MARKER).putInt(flags).putInt(stored).putInt(plain);
    out.putLong(cut).putLong(synced).putInt(checksum);
    out.putInt(headChecksum(out, start, number, position));
  }

  /// Reads the header at the buffer's index `at`; null for anything that no [#write] wrote there.
  static @Nullable Frame read(ByteBuffer in, int at, long number, long position) {
    if (in.getInt(at) != MARKER
        || in.getInt(at + CHECKED) != headChecksum(in, at, number, position)) {
      return null;
    }
    Frame frame =
        new Frame(
            in.getInt(at + 4),
            in.getInt(at + 8),
            in.getInt(at + 12),
            in.getLong(at + 16),
            in.getLong(at + 24),
            in.getInt(at + 32));
    return frame.isPossible() ? frame : null;
  }

  private boolean isPossible() {
    return (flags & ~FLAGS) == 0
        && plain >= 0
        && plain <= CONTENT_BYTES
        && stored >= 0
        && (has(ZSTD) ? stored < plain : stored == plain)
        && cut >= 0
        && synced >= 0;
  }

  private static int headChecksum(ByteBuffer bytes, int at, long number, long position) {
    ByteBuffer place = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    place.putLong(number).putLong(position).flip();
    CRC32C crc = new CRC32C();
    crc.update(place);
    crc.update(bytes.duplicate().limit(at + CHECKED).position(at));
    return (int) crc.getValue();
  }
}
