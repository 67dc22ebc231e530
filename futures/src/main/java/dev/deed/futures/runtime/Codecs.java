package dev.deed.futures.runtime;

import dev.deed.transport.value.ValueCodec;

/// Codecs of values, which learn the classes that they meet.
final class Codecs {
  private Codecs() {}

  private static final class OfProgram {
    static final ValueCodec CODEC = of(ClassLoader.getSystemClassLoader());
  }

  /// That of the program that this JVM runs, made once.
  static ValueCodec ofProgram() {
    return OfProgram.CODEC;
  }

  /// One that finds classes through `loader`.
  static ValueCodec of(ClassLoader loader) {
    return new ValueCodec(loader, type -> type == HandleRef.class);
  }
}
