package dev.deed.futures.runtime;

import dev.deed.transport.value.ValueCodec;

/// The codec of the program that this JVM runs, made once: it learns the classes that it meets.
final class Codecs {
  private Codecs() {}

  private static final class OfProgram {
    static final ValueCodec CODEC =
        new ValueCodec(ClassLoader.getSystemClassLoader(), type -> type == HandleRef.class);
  }

  static ValueCodec ofProgram() {
    return OfProgram.CODEC;
  }
}
