package dev.deed.papers.nsdi21;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The index of [InvertedIndex] as a plain program computes it: one thread, one map on the heap. It
/// shares nothing with that one but the list of files, so that an error of one shows by comparison.
///
/// A *word* is a maximal run of letters and digits ([Character#isLetterOrDigit(int)]), `_` and `$`,
/// with each code point by itself in lower case ([Character#toLowerCase(int)]). The text is decoded
/// from UTF-8; bytes that are none separate words. The *place* of a word is the number of words
/// before it in its file.
public final class PlainInvertedIndex {
  private static final BigInteger DIGESTS = BigInteger.TWO.pow(256);

  /// For each word, file by file: number of the file, number of occurrences, places.
  private final Map<String, Postings> index = new HashMap<>();

  private int file;
  private int place;
  private long occurrences;
  private long pairs;

  private PlainInvertedIndex() {}

  private static final class Postings {
    int[] numbers = new int[4];
    int length;
    int lastFile = -1;
    int countAt;
    long occurrences;

    void append(int number) {
      if (length == numbers.length) {
        numbers = Arrays.copyOf(numbers, length + (length >> 1));
      }
      numbers[length++] = number;
    }
  }

  /// Indexes the corpus on this thread.
  public static IndexSummary of(Corpus corpus) throws IOException {
    PlainInvertedIndex plain = new PlainInvertedIndex();
    try (Corpus.Source source = corpus.open()) {
      for (Corpus.Member member : corpus.members()) {
        plain.addFile(new String(source.read(member.name()), StandardCharsets.UTF_8));
      }
    }
    return plain.summary();
  }

  /// Prints what the index of a folder or zip file has; without an argument, of the JDK's source
  /// code.
  public static void main(String[] args) throws IOException {
    Corpus corpus = args.length == 0 ? Corpus.ofJdk() : Corpus.at(Path.of(args[0]));
    long began = System.nanoTime();
    IndexSummary summary = of(corpus);
    System.out.printf("%s%n%.1f s%n", summary, (System.nanoTime() - began) / 1e9);
  }

  private void addFile(String text) {
    place = 0;
    int start = -1;
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      if (Character.isLetterOrDigit(c) || c == '_' || c == '$') {
        start = start < 0 ? i : start;
      } else if (start >= 0) {
        addWord(text.substring(start, i));
        start = -1;
      }
      i += Character.charCount(c);
    }
    if (start >= 0) {
      addWord(text.substring(start));
    }
    file++;
  }

  private void addWord(String written) {
    Postings postings = index.computeIfAbsent(lowerCase(written), _ -> new Postings());
    if (postings.lastFile != file) {
      postings.lastFile = file;
      postings.append(file);
      postings.countAt = postings.length;
      postings.append(0);
      pairs++;
    }
    postings.numbers[postings.countAt]++;
    postings.append(place++);
    postings.occurrences++;
    occurrences++;
  }

  private static String lowerCase(String word) {
    int[] codePoints = word.codePoints().map(Character::toLowerCase).toArray();
    return new String(codePoints, 0, codePoints.length);
  }

  private IndexSummary summary() {
    BigInteger sum = BigInteger.ZERO;
    MessageDigest sha256 = sha256();
    for (Map.Entry<String, Postings> entry : index.entrySet()) {
      byte[] word = entry.getKey().getBytes(StandardCharsets.UTF_8);
      Postings postings = entry.getValue();
      ByteBuffer record = ByteBuffer.allocate(4 + word.length + 4 * postings.length);
      record.putInt(word.length).put(word);
      record.asIntBuffer().put(postings.numbers, 0, postings.length);
      sum = sum.add(new BigInteger(1, sha256.digest(record.array()))).mod(DIGESTS);
    }
    List<WordCount> top =
        index.entrySet().stream()
            .map(entry -> new WordCount(entry.getKey(), entry.getValue().occurrences))
            .sorted(WordCount.MOST_FIRST)
            .limit(WordCount.TOP)
            .collect(Collectors.toList());
    return new IndexSummary(String.format("%064x", sum), index.size(), pairs, occurrences, top);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
