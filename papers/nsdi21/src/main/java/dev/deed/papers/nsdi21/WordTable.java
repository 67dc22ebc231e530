package dev.deed.papers.nsdi21;

import java.util.Arrays;

/// Numbers the different words of a text in the order in which they first occur. The words lie in
/// one array, so that a table of some ten thousand words is a handful of objects.
final class WordTable {
  private byte[] letters = new byte[1 << 16];
  private int[] ends = new int[1 << 12];
  private int[] hashes = new int[1 << 12];
  private int[] slots = new int[1 << 13];
  private int size;

  /// The number of a word, which is added if it is new.
  int numberOf(byte[] word, int length) {
    int hash = hash(word, length);
    int mask = slots.length - 1;
    int slot = hash & mask;
    while (slots[slot] != 0) {
      int number = slots[slot] - 1;
      if (hashes[number] == hash && isWord(number, word, length)) {
        return number;
      }
      slot = slot + 1 & mask;
    }
    slots[slot] = size + 1;
    add(word, length, hash);
    return size - 1;
  }

  int size() {
    return size;
  }

  int length(int number) {
    return ends[number] - start(number);
  }

  /// In which of `parts` parts of the index the word belongs: the same in each table.
  int partOf(int number, int parts) {
    return Math.floorMod(hashes[number], parts);
  }

  /// Compares two words by their bytes.
  int compare(int first, int second) {
    return Arrays.compareUnsigned(
        letters, start(first), ends[first], letters, start(second), ends[second]);
  }

  void writeTo(Bytes.Writer out, int number) {
    out.write(letters, start(number), length(number));
  }

  private int start(int number) {
    return number == 0 ? 0 : ends[number - 1];
  }

  private boolean isWord(int number, byte[] word, int length) {
    return Arrays.equals(letters, start(number), ends[number], word, 0, length);
  }

  private void add(byte[] word, int length, int hash) {
    int start = start(size);
    if (letters.length - start < length) {
      letters = Arrays.copyOf(letters, Math.max(2 * letters.length, start + length));
    }
    System.arraycopy(word, 0, letters, start, length);
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, 2 * size);
      hashes = Arrays.copyOf(hashes, 2 * size);
    }
    ends[size] = start + length;
    hashes[size] = hash;
    size++;
    if (2 * size > slots.length) {
      rehash();
    }
  }

  private void rehash() {
    slots = new int[2 * slots.length];
    int mask = slots.length - 1;
    for (int number = 0; number < size; number++) {
      int slot = hashes[number] & mask;
      while (slots[slot] != 0) {
        slot = slot + 1 & mask;
      }
      slots[slot] = number + 1;
    }
  }

  private static int hash(byte[] word, int length) {
    int hash = 0;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + word[i];
    }
    // The low bits choose the slot and the part: let all bits of the word reach them.
    hash *= 0x9e3779b9;
    return hash ^ hash >>> 15;
  }
}
