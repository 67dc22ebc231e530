package dev.deed.transport.value;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.classfile.instruction.LineNumber;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/// What can be learnt from the bytes of a class file. Thread-safe.
final class ClassFiles {
  /// The hash of a class whose file can't be read, as for one that was made at run time. It equals
  /// every hash.
  static final long UNKNOWN = 0;

  private static final ClassValue<Long> HASHES =
      new ClassValue<>() {
        @Override
        protected Long computeValue(Class<?> type) {
          return bytes(type).map(ClassFiles::digest).orElse(UNKNOWN);
        }
      };

  private ClassFiles() {}

  /// A 64-bit hash of the file of `type` as its own loader has it; computed once.
  static long hash(Class<?> type) {
    return HASHES.get(type);
  }

  /// Whether two hashes may be those of the same file.
  static boolean same(long one, long other) {
    return one == UNKNOWN || other == UNKNOWN || one == other;
  }

  /// Fails unless `type` has the hash that its sender had.
  static void check(Class<?> type, long expected) {
    long found = hash(type);
    if (!same(expected, found)) {
      throw new CodeMismatchException(type.getName(), expected, found);
    }
  }

  /// `File.java:12` for where the body of a method begins, if the class has debug information.
  static Optional<String> position(Class<?> type, String method, String descriptor) {
    return bytes(type).flatMap(bytes -> position(bytes, method, descriptor));
  }

  private static Optional<String> position(byte[] bytes, String method, String descriptor) {
    try {
      ClassModel model = ClassFile.of().parse(bytes);
      String file = "";
      for (var element : model) {
        if (element instanceof SourceFileAttribute source) {
          file = source.sourceFile().stringValue();
        }
      }
      for (MethodModel candidate : model.methods()) {
        if (candidate.methodName().equalsString(method)
            && candidate.methodType().equalsString(descriptor)
            && candidate.code().isPresent()) {
          for (CodeElement element : candidate.code().get()) {
            if (element instanceof LineNumber line && !file.isEmpty()) {
              return Optional.of(file + ":" + line.line());
            }
          }
        }
      }
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      // A class file of a version that this JDK's parser does not know: a name without a line.
      return Optional.empty();
    }
  }

  private static Optional<byte[]> bytes(Class<?> type) {
    if (type.isHidden()) {
      return Optional.empty();
    }
    String name = type.getName();
    String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
    try (InputStream in = type.getResourceAsStream(file)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      // The loader was closed or its file is gone: then there is nothing to compare with.
      return Optional.empty();
    }
  }

  private static long digest(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      long value = 0;
      for (int i = 0; i < 8; i++) {
        value = (value << 8) | (hash[i] & 0xff);
      }
      return value == UNKNOWN ? 1 : value;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
