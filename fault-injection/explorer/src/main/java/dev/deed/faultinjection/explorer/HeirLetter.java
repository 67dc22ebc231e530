package dev.deed.faultinjection.explorer;

import dev.deed.ownership.heirs.HeirCodec;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message of a record log as it travels. Two with the same number are equal in every byte.
///
/// @param message decoded from its binary form
record HeirLetter(int number, int from, int to, HeirMessage message) {

  /// All that were ever sent in a search, each once.
  static final class Table {
    private record Key(int from, int to, byte[] bytes) {
      @Override
      public boolean equals(@Nullable Object other) {
        return other instanceof Key(int f, int t, byte[] b)
            && f == from
            && t == to
            && Arrays.equals(b, bytes);
      }

      @Override
      public int hashCode() {
        return (from * 31 + to) * 31 + Arrays.hashCode(bytes);
      }
    }

    private final Map<Key, HeirLetter> byContent = new HashMap<>();
    private final List<HeirLetter> byNumber = new ArrayList<>();

    HeirLetter of(int from, int to, HeirMessage message) {
      byte[] bytes = HeirCodec.write(message);
      return byContent.computeIfAbsent(
          new Key(from, to, bytes),
          _ -> {
            HeirLetter letter = new HeirLetter(byNumber.size(), from, to, HeirCodec.read(bytes));
            byNumber.add(letter);
            return letter;
          });
    }

    HeirLetter get(int number) {
      return byNumber.get(number);
    }
  }
}
