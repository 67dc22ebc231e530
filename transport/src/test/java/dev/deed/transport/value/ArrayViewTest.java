package dev.deed.transport.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.wire.MalformedException;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ArrayViewTest {
  private static final ValueCodec CODEC =
      new ValueCodec(ArrayViewTest.class.getClassLoader(), _ -> false);

  static List<Object> arrays() {
    return List.of(
        new byte[] {1, -2, 3},
        new byte[0],
        new byte[70_000],
        new short[] {1, -2},
        new char[] {'a', '\uffff'},
        new int[] {1, Integer.MIN_VALUE},
        new long[] {1, Long.MIN_VALUE, 7},
        new float[] {1.5f, Float.NaN},
        new double[] {2.5, Double.NEGATIVE_INFINITY});
  }

  private static byte[] encoded(Object value) {
    return CODEC.encode(value, ReferenceHook.NONE).payload().bytes();
  }

  @ParameterizedTest
  @MethodSource("arrays")
  void thePartsAreWhatEncodingMakes(Object array) {
    ArrayView view = CODEC.view(array).orElseThrow();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(view.head());
    MemorySegment elements = view.elements();
    byte[] copy = new byte[(int) elements.byteSize()];
    MemorySegment.copy(elements, 0, MemorySegment.ofArray(copy), 0, copy.length);
    out.writeBytes(copy);
    assertThat(out.toByteArray()).isEqualTo(encoded(array)).hasSize(view.size());
    assertThat(view.bytes()).isEqualTo(encoded(array));
  }

  @ParameterizedTest
  @MethodSource("arrays")
  void anArrayIsReadStraightFromItsSource(Object array) {
    Object decoded =
        Objects.requireNonNull(CODEC.decode(ByteSource.of(encoded(array)), ReferenceHook.NONE));
    assertThat(decoded).hasSameClassAs(array);
    assertThat(encoded(decoded)).isEqualTo(encoded(array));
  }

  @Test
  void otherValuesAreReadToo() {
    boolean[] truths = {true, false};
    assertThat(CODEC.view(truths)).isEmpty();
    assertThat(CODEC.view("text")).isEmpty();
    assertThat(CODEC.decode(ByteSource.of(encoded(truths)), ReferenceHook.NONE)).isEqualTo(truths);
    assertThat(CODEC.decode(ByteSource.of(encoded("text")), ReferenceHook.NONE)).isEqualTo("text");
    assertThat(CODEC.decode(ByteSource.of(encoded(List.of(1, 2))), ReferenceHook.NONE))
        .isEqualTo(List.of(1, 2));
  }

  @Test
  void lengthsThatDoNotFitAreRefusedBeforeAnythingIsAllocated() {
    byte[] bytes = encoded(new long[] {1, 2});
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> CODEC.decode(ByteSource.of(cut), ReferenceHook.NONE))
          .isInstanceOf(MalformedException.class);
    }
    byte[] huge = new byte[8];
    huge[0] = bytes[0];
    MemorySegment.ofArray(huge).set(ValueLayout.JAVA_INT_UNALIGNED, 1, 0x7fffffff);
    assertThatThrownBy(() -> CODEC.decode(ByteSource.of(huge), ReferenceHook.NONE))
        .isInstanceOf(MalformedException.class);
  }
}
