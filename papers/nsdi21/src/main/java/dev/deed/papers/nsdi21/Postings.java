package dev.deed.papers.nsdi21;

import java.util.Arrays;

/// The compact form of an index: the words in the order of their bytes, each with its postings.
///
/// One word is written as: length, UTF-8; number of files; number of the first file; last less
/// first file; length of the rest; then for each file: (but for the first) its distance from the
/// file before; how often the word occurs there; where it first occurs; the distances between
/// occurrences. Places count words from the beginning of the file. What map tasks give and what
/// merging makes have the same form.
final class Postings {

  private Postings() {}

  /// The postings of one word in a form in which they can be appended to those of earlier files.
  ///
  /// @param files number of files
  /// @param first number of the first file
  /// @param last number of the last file
  record Run(int files, int first, int last) {}

  /// Writes the head of a word that `letters` spells; its body of `length` bytes is to follow.
  static void writeHead(Bytes.Writer out, Run run, int length) {
    out.writeNumber(run.files());
    out.writeNumber(run.first());
    out.writeNumber(run.last() - run.first());
    out.writeNumber(length);
  }

  /// Goes through the words of an index.
  static final class Cursor {
    private final byte[] index;
    private final Bytes.Reader in;
    private int wordStart;
    private int wordEnd;
    private int bodyStart;
    private int bodyEnd;
    private Run run = new Run(0, 0, 0);

    Cursor(byte[] index) {
      this.index = index;
      this.in = new Bytes.Reader(index, 0, index.length);
    }

    /// Goes to the next word; false after the last.
    boolean next() {
      if (!in.hasMore()) {
        return false;
      }
      int length = in.readNumber();
      wordStart = in.position();
      wordEnd = wordStart + length;
      in.skip(length);
      int files = in.readNumber();
      int first = in.readNumber();
      run = new Run(files, first, first + in.readNumber());
      int body = in.readNumber();
      bodyStart = in.position();
      bodyEnd = bodyStart + body;
      in.skip(body);
      return true;
    }

    Run run() {
      return run;
    }

    byte[] word() {
      return Arrays.copyOfRange(index, wordStart, wordEnd);
    }

    int compareWord(Cursor other) {
      return Arrays.compareUnsigned(
          index, wordStart, wordEnd, other.index, other.wordStart, other.wordEnd);
    }

    void writeWord(Bytes.Writer out) {
      out.writeNumber(wordEnd - wordStart);
      out.write(index, wordStart, wordEnd - wordStart);
    }

    void writeBody(Bytes.Writer out) {
      out.write(index, bodyStart, bodyEnd - bodyStart);
    }

    /// The numbers of the body, as told above.
    Bytes.Reader body() {
      return new Bytes.Reader(index, bodyStart, bodyEnd);
    }
  }
}
