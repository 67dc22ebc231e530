package dev.deed.transport.value;

import dev.deed.lineage.Payload;
import java.lang.foreign.MemorySegment;

/// An array of primitives as it lies in memory, for whoever stores it at once: what its owner
/// changes meanwhile is seen. The parts together are what [ValueCodec#encode] makes of it.
public final class ArrayView implements Payload {
  private final int kind;
  private final Object array;
  private final byte[] head;
  private final MemorySegment elements;

  ArrayView(int kind, Object array, byte[] head, MemorySegment elements) {
    this.kind = kind;
    this.array = array;
    this.head = head;
    this.elements = elements;
  }

  /// The bytes in front of the elements.
  public byte[] head() {
    return head;
  }

  /// The elements.
  public MemorySegment elements() {
    return elements;
  }

  @Override
  public int size() {
    return (int) (head.length + elements.byteSize());
  }

  @Override
  public byte[] bytes() {
    return PrimitiveArrays.encode(kind, array);
  }
}
