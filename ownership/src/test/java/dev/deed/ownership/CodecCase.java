package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.lang.management.ManagementFactory;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// A value with its codec, and what must hold of every codec.
public record CodecCase<T>(
    T value, BiConsumer<T, WireWriter> writer, Function<WireReader, T> reader) {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /// What one read may allocate for each byte that it is given, and for an exception.
  private static final long MOST_BYTES_A_BYTE = 100;

  private static final long MOST_BYTES = 100_000;

  private byte[] bytes() {
    WireWriter out = new WireWriter(16);
    writer.accept(value, out);
    return out.toBytes();
  }

  private T read(byte[] bytes, int length) {
    WireReader in = new WireReader(bytes, 0, length);
    T read = reader.apply(in);
    in.expectEnd();
    return read;
  }

  /// What was written is read again.
  public void assertRoundTrip() {
    byte[] bytes = bytes();
    assertThat((Object) read(bytes, bytes.length)).isEqualTo(value);
  }

  /// The first so many thousandths of what was written are refused.
  public void assertCutIsRefused(int thousandths) {
    byte[] bytes = bytes();
    int length = (int) ((long) bytes.length * thousandths / 1000);
    assertThatThrownBy(() -> read(bytes, length)).isInstanceOf(MalformedException.class);
  }

  /// With some bits flipped it is refused, or read as something, in bounded memory.
  public void assertDamageIsHarmless(int... flips) {
    byte[] bytes = bytes();
    for (int flip : flips) {
      int bit = Math.floorMod(flip, bytes.length * 8);
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
    assertHarmless(bytes);
  }

  /// The bytes are refused, or read as something, in bounded memory.
  public void assertHarmless(byte[] bytes) {
    // What the first time of any code allocates, for classes and call sites, is not the reader's.
    attempt(bytes);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    attempt(bytes);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).isLessThan(MOST_BYTES + MOST_BYTES_A_BYTE * bytes.length);
  }

  private void attempt(byte[] bytes) {
    try {
      assertThat((Object) read(bytes, bytes.length)).isNotNull();
    } catch (MalformedException refused) {
      assertThat(refused).hasMessageMatching("(?s).+");
    }
  }
}
