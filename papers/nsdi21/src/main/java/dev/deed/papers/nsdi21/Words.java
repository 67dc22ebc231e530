package dev.deed.papers.nsdi21;

import java.util.Arrays;

/// Finds the words of a text.
///
/// A *word* is a maximal run of letters and digits ([Character#isLetterOrDigit(int)]), `_` and `$`,
/// with each code point by itself in lower case ([Character#toLowerCase(int)]). The text is decoded
/// from UTF-8, where bytes that are none give U+FFFD and so separate words. Words here are in
/// UTF-8.
final class Words {
  /// For an ASCII character of a word its lower case, for others 0.
  private static final byte[] LOWER = new byte[128];

  static {
    for (char c = 0; c < LOWER.length; c++) {
      if (Character.isLetterOrDigit(c) || c == '_' || c == '$') {
        LOWER[c] = (byte) Character.toLowerCase(c);
      }
    }
  }

  /// Takes the words in the order of the text.
  @FunctionalInterface
  interface Sink {
    /// The word is `utf8[0 … length - 1]`, and only there until this returns.
    void word(byte[] utf8, int length);
  }

  private final Sink sink;
  private byte[] word = new byte[256];
  private int length;

  Words(Sink sink) {
    this.sink = sink;
  }

  /// Gives each word of `text` to the sink.
  void scan(String text) {
    int end = text.length();
    int i = 0;
    while (i < end) {
      char c = text.charAt(i);
      if (c < LOWER.length) {
        i++;
        byte lower = LOWER[c];
        if (lower != 0) {
          append(lower);
        } else {
          endWord();
        }
        continue;
      }
      int codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      if (Character.isLetterOrDigit(codePoint)) {
        appendCodePoint(Character.toLowerCase(codePoint));
      } else {
        endWord();
      }
    }
    endWord();
  }

  private void endWord() {
    if (length > 0) {
      sink.word(word, length);
      length = 0;
    }
  }

  private void append(int utf8) {
    if (length == word.length) {
      word = Arrays.copyOf(word, 2 * length);
    }
    word[length++] = (byte) utf8;
  }

  private void appendCodePoint(int c) {
    if (c < 0x80) {
      append(c);
    } else if (c < 0x800) {
      append(0xc0 | (c >> 6));
      append(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
      append(0xe0 | (c >> 12));
      append(0x80 | ((c >> 6) & 0x3f));
      append(0x80 | (c & 0x3f));
    } else {
      append(0xf0 | (c >> 18));
      append(0x80 | ((c >> 12) & 0x3f));
      append(0x80 | ((c >> 6) & 0x3f));
      append(0x80 | (c & 0x3f));
    }
  }
}
