package dev.deed.transport.group;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Messages as they go: those of a record log are long and say much the same of one task as of the
/// next.
///
/// Works on the thread that sends to one worker, or reads from it: not on the core's.
final class Packing {
  /// In shorter messages nothing is found to save.
  private static final int WORTH_A_TRY = 512;

  /// The highest of zstd's fast levels: 1 GB/s on records, to a seventh of them.
  private static final int LEVEL = -1;

  private Packing() {}

  /// Loads zstd's library, which takes longer than any message may wait.
  static void load() {
    pack(new byte[WORTH_A_TRY]);
  }

  /// A shorter form of the message, or the message itself.
  static byte[] pack(byte[] message) {
    if (message.length < WORTH_A_TRY) {
      return message;
    }
    byte[] packed = new byte[(int) Zstd.compressBound(message.length)];
    long length =
        Zstd.compressByteArray(packed, 0, packed.length, message, 0, message.length, LEVEL);
    return length < message.length ? Arrays.copyOf(packed, (int) length) : message;
  }

  /// The message of so many bytes whose form `packed` is; null if there is none.
  static byte @Nullable [] unpack(byte[] packed, int length) {
    if (packed.length == length) {
      return packed;
    }
    if (Zstd.getFrameContentSize(packed, 0, packed.length) != length) {
      return null;
    }
    byte[] message = new byte[length];
    try {
      long count = Zstd.decompressByteArray(message, 0, length, packed, 0, packed.length);
      return count == length ? message : null;
    } catch (ZstdException _) {
      return null;
    }
  }
}
