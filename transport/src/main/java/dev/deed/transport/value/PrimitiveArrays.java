package dev.deed.transport.value;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Array;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Arrays of primitives as bytes, by one bulk copy in each direction.
///
/// Layout: tag, number of elements (1 to 5 bytes), elements little-endian.
final class PrimitiveArrays {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /// How the elements lie in memory, by tag. Booleans are bytes that are 0 or 1.
  private static final List<ValueLayout> LAYOUTS =
      List.of(
          JAVA_BYTE,
          JAVA_BYTE,
          ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER),
          ValueLayout.JAVA_CHAR_UNALIGNED.withOrder(ORDER),
          ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER),
          ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ORDER),
          ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER),
          ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ORDER));

  private static final int BOOLEAN = 1;

  /// Tag and number of elements.
  private static final int LONGEST_HEAD = 6;

  private PrimitiveArrays() {}

  /// The index of the array's tag after [Scalars#ARRAYS], or −1 if `value` is no such array.
  static int kind(Object value) {
    return switch (value) {
      case byte[] _ -> 0;
      case boolean[] _ -> BOOLEAN;
      case short[] _ -> 2;
      case char[] _ -> 3;
      case int[] _ -> 4;
      case long[] _ -> 5;
      case float[] _ -> 6;
      case double[] _ -> 7;
      default -> -1;
    };
  }

  /// The encoded array.
  static byte[] encode(int kind, Object array) {
    int length = Array.getLength(array);
    ValueLayout layout = LAYOUTS.get(kind);
    int head = headBytes(length);
    byte[] bytes = new byte[size(head, length, layout)];
    writeHead(kind, length, head, bytes);
    if (kind == BOOLEAN) {
      boolean[] truths = (boolean[]) array;
      for (int i = 0; i < length; i++) {
        bytes[head + i] = (byte) (truths[i] ? 1 : 0);
      }
    } else {
      MemorySegment.copy(array, 0, MemorySegment.ofArray(bytes), layout, head, length);
    }
    return bytes;
  }

  private static int headBytes(int length) {
    int head = 2;
    for (int rest = length; rest > 0x7f; rest >>>= 7) {
      head++;
    }
    return head;
  }

  private static int size(int head, int length, ValueLayout layout) {
    long size = head + length * layout.byteSize();
    if (size > Integer.MAX_VALUE - 8) {
      throw new NotEncodableException(
          "an array of " + length + " elements takes more than 2 GiB: put it in parts");
    }
    return (int) size;
  }

  private static void writeHead(int kind, int length, int head, byte[] bytes) {
    bytes[0] = (byte) (Scalars.ARRAYS + kind);
    int position = 1;
    for (int rest = length; position < head; rest >>>= 7) {
      bytes[position] = (byte) (position < head - 1 ? rest | 0x80 : rest);
      position++;
    }
  }

  /// The array itself as what [#encode] would make of it; nothing where its elements lie in memory
  /// in another form.
  static Optional<ArrayView> view(int kind, Object array) {
    if (kind == BOOLEAN || ByteOrder.nativeOrder() != ORDER) {
      return Optional.empty();
    }
    int length = Array.getLength(array);
    int headBytes = headBytes(length);
    size(headBytes, length, LAYOUTS.get(kind));
    byte[] head = new byte[headBytes];
    writeHead(kind, length, headBytes, head);
    return Optional.of(new ArrayView(kind, array, head, segment(array)));
  }

  private static MemorySegment segment(Object array) {
    return switch (array) {
      case byte[] a -> MemorySegment.ofArray(a);
      case short[] a -> MemorySegment.ofArray(a);
      case char[] a -> MemorySegment.ofArray(a);
      case int[] a -> MemorySegment.ofArray(a);
      case long[] a -> MemorySegment.ofArray(a);
      case float[] a -> MemorySegment.ofArray(a);
      case double[] a -> MemorySegment.ofArray(a);
      default -> throw new IllegalArgumentException("no array of numbers: " + array.getClass());
    };
  }

  /// The array that `source` holds, copied once; nothing if it holds something else, or a form that
  /// has to be converted.
  static Optional<Object> decode(ByteSource source) {
    byte[] head = new byte[(int) Math.min(source.size(), LONGEST_HEAD)];
    source.read(0, MemorySegment.ofArray(head));
    WireReader in = new WireReader(head);
    int kind = in.readByte() - Scalars.ARRAYS;
    if (kind < 0 || kind >= LAYOUTS.size() || kind == BOOLEAN || ByteOrder.nativeOrder() != ORDER) {
      return Optional.empty();
    }
    int length = in.readInt();
    long bytes = length * LAYOUTS.get(kind).byteSize();
    if (in.position() + bytes != source.size()) {
      throw new MalformedException(
          "an array of " + length + " elements in " + (source.size() - in.position()) + " bytes");
    }
    Object array = create(kind, length);
    source.read(in.position(), segment(array));
    return Optional.of(array);
  }

  /// The array whose elements fill the rest of `in`, which reads from `bytes`; the tag was read.
  static Object decode(int kind, WireReader in, byte[] bytes) {
    ValueLayout layout = LAYOUTS.get(kind);
    int length = in.readInt();
    if (length * layout.byteSize() != in.remaining()) {
      throw new MalformedException(
          "an array of " + length + " elements in " + in.remaining() + " bytes");
    }
    int from = in.position();
    if (kind == 0) {
      return Arrays.copyOfRange(bytes, from, from + length);
    }
    if (kind == BOOLEAN) {
      boolean[] truths = new boolean[length];
      for (int i = 0; i < length; i++) {
        truths[i] = in.readBoolean();
      }
      return truths;
    }
    Object array = create(kind, length);
    MemorySegment.copy(MemorySegment.ofArray(bytes), layout, from, array, 0, length);
    return array;
  }

  private static Object create(int kind, int length) {
    return switch (kind) {
      case 0 -> new byte[length];
      case 2 -> new short[length];
      case 3 -> new char[length];
      case 4 -> new int[length];
      case 5 -> new long[length];
      case 6 -> new float[length];
      case 7 -> new double[length];
      default -> throw new MalformedException("an array of kind " + kind);
    };
  }
}
