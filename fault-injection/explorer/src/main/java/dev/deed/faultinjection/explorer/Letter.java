package dev.deed.faultinjection.explorer;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.Message;
import dev.deed.ownership.MessageCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message as it travels on a link. Two with the same number are equal in every byte.
///
/// @param message decoded from its binary form, so that it shares nothing with its sender
record Letter(int number, int from, int to, long era, Message message) {

  /// All letters that were ever sent in a search, each once.
  static final class Table {
    private record Key(int from, int to, long era, byte[] bytes) {
      @Override
      public boolean equals(@Nullable Object other) {
        return other instanceof Key(int f, int t, long e, byte[] b)
            && f == from
            && t == to
            && e == era
            && Arrays.equals(b, bytes);
      }

      @Override
      public int hashCode() {
        return ((from * 31 + to) * 31 + Long.hashCode(era)) * 31 + Arrays.hashCode(bytes);
      }
    }

    private final Map<Key, Letter> byContent = new HashMap<>();
    private final List<Letter> byNumber = new ArrayList<>();

    Letter of(int from, int to, long era, Message message) {
      WireWriter out = new WireWriter(128);
      MessageCodec.write(message, out);
      byte[] bytes = out.toBytes();
      Key key = new Key(from, to, era, bytes);
      Letter known = byContent.get(key);
      if (known != null) {
        return known;
      }
      Message decoded = MessageCodec.read(new WireReader(bytes));
      Letter letter = new Letter(byNumber.size(), from, to, era, decoded);
      byContent.put(key, letter);
      byNumber.add(letter);
      return letter;
    }

    Letter get(int number) {
      return byNumber.get(number);
    }

    int size() {
      return byNumber.size();
    }
  }
}
