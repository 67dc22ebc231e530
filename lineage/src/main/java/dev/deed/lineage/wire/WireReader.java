package dev.deed.lineage.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/// Reads what [WireWriter] wrote, and trusts none of it: each length is checked against what is
/// left before memory is taken for it. Every method throws [MalformedException] where bytes are
/// missing or wrong. Not thread-safe.
public final class WireReader {
  private final byte[] buffer;
  private final int limit;
  private int position;

  /// Reads `count` bytes of `buffer` from `offset`. The array is not copied.
  public WireReader(byte[] buffer, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, buffer.length);
    this.buffer = buffer;
    this.position = offset;
    this.limit = offset + count;
  }

  /// Reads the whole of `buffer`.
  public WireReader(byte[] buffer) {
    this(buffer, 0, buffer.length);
  }

  /// Number of bytes that are left.
  public int remaining() {
    return limit - position;
  }

  /// Index in the array of the next byte to be read.
  public int position() {
    return position;
  }

  /// Fails unless everything was read.
  public void expectEnd() {
    if (position != limit) {
      throw new MalformedException(remaining() + " bytes left over");
    }
  }

  /// One byte, 0 to 255.
  public int readByte() {
    need(1);
    return buffer[position++] & 0xff;
  }

  /// One byte that must be 0 or 1.
  public boolean readBoolean() {
    int value = readByte();
    if (value > 1) {
      throw new MalformedException("a truth value of " + value);
    }
    return value == 1;
  }

  /// Eight bytes, little-endian.
  public long readFixedLong() {
    need(8);
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value |= (buffer[position++] & 0xffL) << (8 * i);
    }
    return value;
  }

  /// Four bytes, little-endian.
  public int readFixedInt() {
    need(4);
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value |= (buffer[position++] & 0xff) << (8 * i);
    }
    return value;
  }

  /// A variable-length number that is not negative.
  public long readLong() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = readByte();
      value |= (next & 0x7fL) << shift;
      if (next < 0x80) {
        if (value < 0 || (shift == 63 && next > 0)) {
          throw new MalformedException("a number of more than 63 bits");
        }
        return value;
      }
    }
    throw new MalformedException("a number of more than 63 bits");
  }

  /// A variable-length number within 0..2³¹−1.
  public int readInt() {
    long value = readLong();
    if (value > Integer.MAX_VALUE) {
      throw new MalformedException("a number of more than 31 bits: " + value);
    }
    return (int) value;
  }

  /// The length of a collection whose elements take `minimumBytes` each or more: one that can't fit
  /// into what is left is refused before anything is allocated.
  public int readCount(int minimumBytes) {
    int count = readInt();
    if ((long) count * minimumBytes > remaining()) {
      throw new MalformedException(count + " elements announced, " + remaining() + " bytes left");
    }
    return count;
  }

  /// Eight bytes: the IEEE 754 bits.
  public double readDouble() {
    return Double.longBitsToDouble(readFixedLong());
  }

  /// A length and so many bytes, copied.
  public byte[] readBytes() {
    return readRaw(readCount(1));
  }

  /// So many bytes, copied.
  public byte[] readRaw(int count) {
    need(count);
    byte[] bytes = Arrays.copyOfRange(buffer, position, position + count);
    position += count;
    return bytes;
  }

  /// A length and so many bytes of UTF-8.
  public String readString() {
    int count = readCount(1);
    String text = new String(buffer, position, count, StandardCharsets.UTF_8);
    position += count;
    return text;
  }

  private void need(int count) {
    if (limit - position < count) {
      throw new MalformedException(count + " bytes wanted, " + remaining() + " left");
    }
  }
}
