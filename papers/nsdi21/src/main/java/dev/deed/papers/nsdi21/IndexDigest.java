package dev.deed.papers.nsdi21;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The digest of an index, whatever its form and its parts: the sum, modulo 2²⁵⁶, of the SHA-256 of
/// each word's record.
///
/// The record of a word is: the length of its UTF-8, its UTF-8; then for each file with the word in
/// the order of the files: the file's number, how often the word occurs there, and the place of
/// each occurrence, counted in words from the beginning of the file. Numbers are 32 bits,
/// big-endian.
final class IndexDigest {
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

  private final MessageDigest sha256 = sha256();
  private BigInteger sum = BigInteger.ZERO;

  void update(byte[] bytes, int start, int length) {
    sha256.update(bytes, start, length);
  }

  void endWord() {
    sum = sum.add(new BigInteger(1, sha256.digest())).mod(MODULUS);
  }

  String hex() {
    return hex(sum);
  }

  /// The digest of an index whose parts have these two.
  static String combine(String first, String second) {
    return hex(new BigInteger(first, 16).add(new BigInteger(second, 16)).mod(MODULUS));
  }

  private static String hex(BigInteger sum) {
    byte[] bytes = new byte[32];
    byte[] digits = sum.toByteArray();
    // A leading zero byte for the sign is left out.
    int length = Math.min(32, digits.length);
    System.arraycopy(digits, digits.length - length, bytes, 32 - length, length);
    return HexFormat.of().formatHex(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
