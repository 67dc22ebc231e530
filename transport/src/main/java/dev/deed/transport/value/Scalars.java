package dev.deed.transport.value;

import dev.deed.lineage.Reference;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Values that are written without a serializer: a tag byte and a few bytes. The tags of all other
/// kinds of values stand here too, so that none is given twice.
final class Scalars {
  static final int NULL = 0;
  static final int FALSE = 1;
  static final int TRUE = 2;
  static final int INT = 3;
  static final int LONG = 4;
  static final int DOUBLE = 5;
  static final int FLOAT = 6;
  static final int BYTE = 7;
  static final int SHORT = 8;
  static final int CHAR = 9;

  /// A text of characters up to U+00FF: length, one byte each.
  static final int LATIN = 10;

  /// Any other text: number of UTF-16 units, two bytes each, little-endian.
  static final int TEXT = 11;

  /// A handle: name of its class, reference.
  static final int HANDLE = 12;

  /// The first of [PrimitiveArrays]' eight tags.
  static final int ARRAYS = 16;

  /// An exception: [ThrowableCodec]'s data, then the fields as a graph, if there are any.
  static final int THROWABLE = 24;

  /// Any other object: Fory's bytes up to the end.
  static final int GRAPH = 25;

  private Scalars() {}

  /// Writes `value` if it is a scalar; else writes nothing and answers false.
  static boolean write(@Nullable Object value, WireWriter out) {
    switch (value) {
      case null -> out.writeByte(NULL);
      case Integer number -> {
        out.writeByte(INT);
        out.writeFixedInt(number);
      }
      case Long number -> {
        out.writeByte(LONG);
        out.writeFixedLong(number);
      }
      case String text -> writeText(text, out);
      case Double number -> {
        out.writeByte(DOUBLE);
        out.writeDouble(number);
      }
      case Boolean truth -> out.writeByte(truth ? TRUE : FALSE);
      case Float number -> {
        out.writeByte(FLOAT);
        out.writeFixedInt(Float.floatToRawIntBits(number));
      }
      case Byte number -> {
        out.writeByte(BYTE);
        out.writeByte(number);
      }
      case Short number -> {
        out.writeByte(SHORT);
        writeTwo(number, out);
      }
      case Character unit -> {
        out.writeByte(CHAR);
        writeTwo(unit, out);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /// Writes a handle as its class and reference.
  static void writeHandle(Class<?> type, Reference reference, WireWriter out) {
    out.writeByte(HANDLE);
    out.writeString(type.getName());
    reference.write(out);
  }

  /// Reads the scalar or handle whose tag was read just before.
  static @Nullable Object read(int tag, WireReader in, ClassPolicy policy, ReferenceHook hook) {
    return switch (tag) {
      case NULL -> null;
      case FALSE -> false;
      case TRUE -> true;
      case INT -> in.readFixedInt();
      case LONG -> in.readFixedLong();
      case DOUBLE -> in.readDouble();
      case FLOAT -> Float.intBitsToFloat(in.readFixedInt());
      case BYTE -> (byte) in.readByte();
      case SHORT -> (short) readTwo(in);
      case CHAR -> (char) readTwo(in);
      case LATIN -> new String(in.readBytes(), StandardCharsets.ISO_8859_1);
      case TEXT -> readText(in);
      case HANDLE -> readHandle(in, policy, hook);
      default -> throw new MalformedException("a value of kind " + tag);
    };
  }

  private static Object readHandle(WireReader in, ClassPolicy policy, ReferenceHook hook) {
    String name = in.readString();
    Reference reference = Reference.read(in);
    return handle(policy.requireHandle(name), reference, policy, hook);
  }

  /// The hook's handle for a class of handles, after checking that it is one.
  static Object handle(Class<?> type, Reference reference, ClassPolicy policy, ReferenceHook hook) {
    Object handle = hook.read(reference, type);
    if (!policy.isHandle(handle.getClass())) {
      throw new IllegalStateException(
          "the hook made a " + handle.getClass().getName() + " of a reference");
    }
    return handle;
  }

  private static void writeText(String text, WireWriter out) {
    int length = text.length();
    if (isLatin(text)) {
      out.writeByte(LATIN);
      out.writeInt(length);
      out.writeRaw(text.getBytes(StandardCharsets.ISO_8859_1), 0, length);
      return;
    }
    out.writeByte(TEXT);
    out.writeInt(length);
    for (int i = 0; i < length; i++) {
      writeTwo(text.charAt(i), out);
    }
  }

  private static boolean isLatin(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        return false;
      }
    }
    return true;
  }

  private static String readText(WireReader in) {
    char[] units = new char[in.readCount(2)];
    for (int i = 0; i < units.length; i++) {
      units[i] = (char) readTwo(in);
    }
    return new String(units);
  }

  private static void writeTwo(int value, WireWriter out) {
    out.writeByte(value);
    out.writeByte(value >>> 8);
  }

  private static int readTwo(WireReader in) {
    int low = in.readByte();
    return low | (in.readByte() << 8);
  }
}
