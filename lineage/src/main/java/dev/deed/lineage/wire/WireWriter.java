package dev.deed.lineage.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing buffer that messages are written into. Not thread-safe: one writer at a time.
///
/// Whole numbers are variable-length (seven bits a byte, low bits first) where small values are
/// usual, and eight bytes little-endian where all bits carry information.
public final class WireWriter {
  private byte[] buffer;
  private int length;

  /// Starts empty with room for `capacity` bytes.
  public WireWriter(int capacity) {
    buffer = new byte[Math.max(16, capacity)];
  }

  /// Number of bytes written since the last [#clear()].
  public int length() {
    return length;
  }

  /// The backing array; bytes `0` to [#length()] are valid until the next write.
  public byte[] array() {
    return buffer;
  }

  /// A copy of what was written.
  public byte[] toBytes() {
    return Arrays.copyOf(buffer, length);
  }

  /// Forgets what was written and keeps the room.
  public void clear() {
    length = 0;
  }

  /// Goes back to an earlier [#length()], to take back a message that failed half-way.
  public void truncate(int earlierLength) {
    if (earlierLength < 0 || earlierLength > length) {
      throw new IllegalArgumentException("length " + earlierLength + " is not within 0.." + length);
    }
    length = earlierLength;
  }

  /// One byte: the low eight bits of `value`.
  public void writeByte(int value) {
    ensure(1);
    buffer[length++] = (byte) value;
  }

  /// One byte, 0 or 1.
  public void writeBoolean(boolean value) {
    writeByte(value ? 1 : 0);
  }

  /// Eight bytes, little-endian.
  public void writeFixedLong(long value) {
    ensure(8);
    for (int i = 0; i < 8; i++) {
      buffer[length++] = (byte) (value >>> (8 * i));
    }
  }

  /// Four bytes, little-endian.
  public void writeFixedInt(int value) {
    ensure(4);
    for (int i = 0; i < 4; i++) {
      buffer[length++] = (byte) (value >>> (8 * i));
    }
  }

  /// Overwrites four bytes at `position`, for a length that is known only afterwards.
  public void patchFixedInt(int position, int value) {
    if (position < 0 || position + 4 > length) {
      throw new IllegalArgumentException("position " + position + " is not within the buffer");
    }
    for (int i = 0; i < 4; i++) {
      buffer[position + i] = (byte) (value >>> (8 * i));
    }
  }

  /// One to ten bytes; `value` is not negative.
  public void writeLong(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative: " + value);
    }
    ensure(10);
    long rest = value;
    while (rest > 0x7f) {
      buffer[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    buffer[length++] = (byte) rest;
  }

  /// One to five bytes; `value` is not negative.
  public void writeInt(int value) {
    writeLong(value);
  }

  /// Eight bytes: the IEEE 754 bits.
  public void writeDouble(double value) {
    writeFixedLong(Double.doubleToLongBits(value));
  }

  /// The length and the bytes.
  public void writeBytes(byte[] bytes) {
    writeInt(bytes.length);
    writeRaw(bytes, 0, bytes.length);
  }

  /// The bytes without their length.
  public void writeRaw(byte[] bytes, int offset, int count) {
    ensure(count);
    System.arraycopy(bytes, offset, buffer, length, count);
    length += count;
  }

  /// The length in bytes and the text in UTF-8.
  public void writeString(String text) {
    writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private void ensure(int more) {
    if (buffer.length - length < more) {
      long wanted = Math.max((long) length + more, 2L * buffer.length);
      if ((long) length + more > Integer.MAX_VALUE - 8) {
        throw new IllegalStateException("a message of more than 2 GiB");
      }
      buffer = Arrays.copyOf(buffer, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    }
  }
}
