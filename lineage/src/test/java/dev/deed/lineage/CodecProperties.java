package dev.deed.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.lang.management.ManagementFactory;
import java.util.function.BiConsumer;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/// The binary form of everything in this module: what was written is read again; what was cut or
/// damaged is refused with [MalformedException], or read as something else, in bounded memory.
final class CodecProperties {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /// What one read may allocate for each byte that it is given, and for an exception.
  private static final long MOST_BYTES_A_BYTE = 100;

  private static final long MOST_BYTES = 100_000;

  /// A value with its codec.
  record Case<T>(T value, BiConsumer<T, WireWriter> writer, Function<WireReader, T> reader) {
    byte[] bytes() {
      WireWriter out = new WireWriter(16);
      writer.accept(value, out);
      return out.toBytes();
    }

    T read(byte[] bytes, int length) {
      WireReader in = new WireReader(bytes, 0, length);
      T read = reader.apply(in);
      in.expectEnd();
      return read;
    }
  }

  @Provide
  Arbitrary<Case<?>> cases() {
    return Arbitraries.oneOf(
        Samples.taskIds().map(v -> new Case<>(v, TaskId::write, TaskId::read)),
        Samples.workerIds().map(v -> new Case<>(v, WorkerId::write, WorkerId::read)),
        Samples.objectIds().map(v -> new Case<>(v, ObjectId::write, ObjectId::read)),
        Samples.references().map(v -> new Case<>(v, Reference::write, Reference::read)),
        Samples.someReferences().map(v -> new Case<>(v, Reference::writeAll, Reference::readAll)),
        Samples.values().map(v -> new Case<>(v, Value::write, Value::read)),
        Samples.storedValues().map(v -> new Case<>(v, StoredValue::write, StoredValue::read)),
        Samples.demands().map(v -> new Case<>(v, Demand::write, Demand::read)),
        Samples.placements().map(v -> new Case<>(v, Placement::write, Placement::read)),
        Samples.specs().map(v -> new Case<>(v, TaskSpec::write, TaskSpec::read)));
  }

  @Property
  void whatWasWrittenIsReadAgain(@ForAll("cases") Case<?> one) {
    byte[] bytes = one.bytes();
    assertThat((Object) one.read(bytes, bytes.length)).isEqualTo(one.value());
  }

  @Property
  void whatWasCutIsRefused(@ForAll("cases") Case<?> one, @ForAll @IntRange(max = 999) int where) {
    byte[] bytes = one.bytes();
    int length = (int) ((long) bytes.length * where / 1000);
    assertThatThrownBy(() -> one.read(bytes, length)).isInstanceOf(MalformedException.class);
  }

  @Property
  void whatWasDamagedIsRefusedOrReadInBoundedMemory(
      @ForAll("cases") Case<?> one, @ForAll @Size(min = 1, max = 4) int[] flips) {
    byte[] bytes = one.bytes();
    for (int flip : flips) {
      int bit = Math.floorMod(flip, bytes.length * 8);
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
    assertRefusedOrRead(one, bytes);
  }

  @Property
  void anyBytesAreRefusedOrReadInBoundedMemory(
      @ForAll("cases") Case<?> one, @ForAll @Size(max = 200) byte[] bytes) {
    assertRefusedOrRead(one, bytes);
  }

  private static void assertRefusedOrRead(Case<?> one, byte[] bytes) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      assertThat((Object) one.read(bytes, bytes.length)).isNotNull();
    } catch (MalformedException refused) {
      assertThat(refused).hasMessageMatching("(?s).+");
    }
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).isLessThan(MOST_BYTES + MOST_BYTES_A_BYTE * bytes.length);
  }
}
