package dev.deed.futures.runtime;

import dev.deed.lineage.Payload;
import dev.deed.transport.value.ReferenceHook;
import dev.deed.transport.value.ValueCodec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A value that nobody can change and without references inside, kept as the object that it is
/// until it has to leave the process. Thread-safe.
final class LiveValue implements Payload {
  private static final int UNKNOWN = -1;

  private final @Nullable Object object;
  private final ValueCodec codec;
  private final int estimate;
  private volatile byte @Nullable [] encoded;

  /// Not encoded yet; `estimate` as [#sizeOf] told it.
  LiveValue(@Nullable Object object, int estimate, ValueCodec codec) {
    this.object = object;
    this.codec = codec;
    this.estimate = estimate;
  }

  /// Encoded already.
  LiveValue(Object object, byte[] encoded, ValueCodec codec) {
    this(object, encoded.length, codec);
    this.encoded = encoded;
  }

  /// An upper estimate of the encoded bytes of the commonest immutable objects; negative for
  /// others.
  static int sizeOf(@Nullable Object value) {
    return switch (value) {
      case null -> 1;
      case Boolean _, Byte _, Short _, Character _, Integer _, Long _, Float _, Double _ -> 10;
      case String text -> text.length() < 1 << 28 ? 3 * text.length() + 6 : UNKNOWN;
      default -> UNKNOWN;
    };
  }

  /// Whether the object is one for readers whose values `reader` decodes: else it may be of classes
  /// that another version of their program has.
  @SuppressWarnings("ReferenceEquality") // codecs have no equality
  boolean isOf(ValueCodec reader) {
    return codec == reader;
  }

  @Nullable Object object() {
    return object;
  }

  /// Whether the object's bytes are others than when this was made; costs an encoding.
  boolean changed() {
    return !Arrays.equals(bytes(), encode());
  }

  private byte[] encode() {
    return codec.encode(object, ReferenceHook.NONE).payload().bytes();
  }

  @Override
  public int size() {
    byte[] known = encoded;
    return known != null ? known.length : estimate;
  }

  @Override
  public byte[] bytes() {
    byte[] known = encoded;
    if (known == null) {
      known = encode();
      encoded = known;
    }
    return known;
  }

  @Override
  public String toString() {
    return "a live object of about " + size() + " bytes";
  }
}
