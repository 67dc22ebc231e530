package dev.deed.papers.nsdi21;

import java.util.Arrays;

/// Small numbers and strings of bytes, packed: a number takes 7 bits a byte, the lowest first.
final class Bytes {

  private Bytes() {}

  /// Appends to an array that grows.
  static final class Writer {
    private byte[] bytes;
    private int length;

    Writer(int expected) {
      bytes = new byte[Math.max(16, expected)];
    }

    int length() {
      return length;
    }

    void clear() {
      length = 0;
    }

    void writeNumber(int number) {
      reserve(5);
      int rest = number;
      while (rest >>> 7 != 0) {
        bytes[length++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      bytes[length++] = (byte) rest;
    }

    void write(byte[] from, int start, int count) {
      reserve(count);
      System.arraycopy(from, start, bytes, length, count);
      length += count;
    }

    void write(Writer other) {
      write(other.bytes, 0, other.length);
    }

    byte[] toArray() {
      return Arrays.copyOf(bytes, length);
    }

    private void reserve(int count) {
      if (bytes.length - length < count) {
        int doubled = (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 8);
        bytes = Arrays.copyOf(bytes, Math.max(doubled, Math.addExact(length, count)));
      }
    }
  }

  /// Reads what a [Writer] wrote.
  static final class Reader {
    private final byte[] bytes;
    private final int end;
    private int position;

    Reader(byte[] bytes, int start, int end) {
      this.bytes = bytes;
      this.position = start;
      this.end = end;
    }

    boolean hasMore() {
      return position < end;
    }

    int position() {
      return position;
    }

    int readNumber() {
      int number = 0;
      int shift = 0;
      byte next = bytes[position++];
      while (next < 0) {
        number |= (next & 0x7f) << shift;
        shift += 7;
        next = bytes[position++];
      }
      return number | next << shift;
    }

    void skip(int count) {
      position += count;
    }
  }
}
