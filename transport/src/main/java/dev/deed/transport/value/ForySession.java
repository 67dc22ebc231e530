package dev.deed.transport.value;

import dev.deed.lineage.Reference;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireWriter;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.fory.Fory;
import org.apache.fory.config.ForyBuilder;
import org.apache.fory.exception.ClassNotCompatibleException;
import org.apache.fory.exception.ForyException;
import org.apache.fory.exception.InsecureException;
import org.apache.fory.logging.LogLevel;
import org.apache.fory.logging.LoggerFactory;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.memory.MemoryUtils;
import org.apache.fory.resolver.ClassResolver;
import org.apache.fory.resolver.SharedRegistry;
import org.jspecify.annotations.Nullable;

/// One Fory with our serializers, and what belongs to the call that it is serving. Used by one
/// thread at a time.
/* Classes. Fory forbids to register a class after the first use, and numbers depend on the order; so
 * classes travel by name and Fory's type checker is the registration: it accepts what ClassPolicy
 * accepts, by name, on both sides. Classes that Fory registers itself (its built-ins) need no check.
 *
 * Serializers. The factory below is asked before Fory chooses by itself, so handles, exceptions and
 * lambdas get ours. Fory's own serializers of lambdas, SerializedLambda and proxies are replaced by
 * number, as bytes could name them.
 *
 * Bounds. Depth, memory for containers and elements that take no bytes are bounded by the
 * configuration; every other length is checked by Fory against what is left of the input. */
final class ForySession {
  /// Deepest nesting of objects in a value.
  static final int MAX_DEPTH = 400;

  /// Most elements that take no bytes, such as those of a list of equal empty records.
  private static final int MAX_UNBACKED_ELEMENTS = 1 << 20;

  /// A buffer that grew beyond this is given up after the call.
  private static final int KEPT_BUFFER_BYTES = 1 << 20;

  /// What a call costs besides its bytes, in bytes.
  private static final int CALL_WORK = 128;

  static {
    LoggerFactory.setLogLevel(LogLevel.ERROR_LEVEL);
  }

  private final Fory fory;
  private final ClassPolicy policy;
  private final boolean compiled;
  private MemoryBuffer buffer = MemoryUtils.buffer(1024);
  private ReferenceHook hook = ReferenceHook.NONE;
  private Collection<Reference> found = List.of();
  private @Nullable String refused;
  private long work;

  /// Makes a Fory that shares what it knows of classes with those of the same `registry`.
  ///
  /// @param compiled whether it generates code for each class
  ForySession(
      ClassPolicy policy,
      Lambdas lambdas,
      SharedRegistry registry,
      boolean compiled,
      Codecs codecs) {
    ForyBuilder builder =
        Fory.builder()
            .withXlang(false)
            .withSharedRegistry(registry)
            .withClassLoader(policy.loader())
            .requireClassRegistration(false)
            .withTypeChecker((_, name) -> allows(policy, name))
            .withCompatible(false)
            .withClassVersionCheck(true)
            .withRefTracking(true)
            .withCodegen(compiled)
            .withAsyncCompilation(false)
            .suppressClassRegistrationWarnings(true)
            .withMaxDepth(MAX_DEPTH)
            .withMaxUnbackedContainerItems(MAX_UNBACKED_ELEMENTS)
            .withMaxGraphMemoryBytes(Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 2));
    this.policy = policy;
    this.compiled = compiled;
    fory = builder.build();
    GraphSerializers.install(fory, this, policy, lambdas, codecs);
  }

  /// What the serializers need besides the classes; set once all are made.
  interface Codecs {
    /// The codec of exceptions.
    ThrowableCodec throwables();
  }

  /// The JDK classes that Fory has serializers for.
  Set<Class<?>> builtIns() {
    return new HashSet<>(((ClassResolver) fory.getTypeResolver()).getRegisteredClasses());
  }

  /// Whether it generates code.
  boolean compiled() {
    return compiled;
  }

  /// Bytes that went through since it was made, and [#CALL_WORK] for each call.
  long work() {
    return work;
  }

  ReferenceHook hook() {
    return hook;
  }

  void found(Reference reference) {
    found.add(reference);
  }

  private boolean allows(ClassPolicy policy, String name) {
    // A slash is in the names of hidden classes only: of lambdas that are being encoded. No decoded
    // name can lead to one, for hidden classes can't be found by name.
    boolean allowed = name.indexOf('/') >= 0 || policy.allows(name);
    if (!allowed) {
      refused = name;
    }
    return allowed;
  }

  /// Appends the graph of `value` to `out` and its references to `into`; fails with a
  /// [NotEncodableException] without a path.
  void encode(Object value, ReferenceHook with, Collection<Reference> into, WireWriter out) {
    encode(
        value,
        with,
        into,
        encoded -> {
          out.writeRaw(encoded.getHeapMemory(), 0, encoded.writerIndex());
          return out;
        });
  }

  /// A byte and the graph of `value`, copied once; else as the other.
  byte[] encode(int tag, Object value, ReferenceHook with, Collection<Reference> into) {
    return encode(
        value,
        with,
        into,
        encoded -> {
          byte[] bytes = new byte[encoded.writerIndex() + 1];
          bytes[0] = (byte) tag;
          System.arraycopy(encoded.getHeapMemory(), 0, bytes, 1, bytes.length - 1);
          return bytes;
        });
  }

  private <R> R encode(
      Object value,
      ReferenceHook with,
      Collection<Reference> into,
      Function<MemoryBuffer, R> result) {
    hook = with;
    found = into;
    try {
      fory.serialize(buffer, value);
      work += CALL_WORK + buffer.writerIndex();
      return result.apply(buffer);
    } catch (RuntimeException | StackOverflowError e) {
      throw encodingFailure(e);
    } finally {
      end();
    }
  }

  /// The graph that fills `count` bytes from `offset`.
  @Nullable Object decode(byte[] bytes, int offset, int count, ReferenceHook with) {
    hook = with;
    refused = null;
    work += CALL_WORK + count;
    try {
      MemoryBuffer in = MemoryUtils.wrap(bytes, offset, count);
      Object value = fory.deserialize(in);
      if (in.readerIndex() != count) {
        throw new MalformedException(count - in.readerIndex() + " bytes after a value");
      }
      return value;
    } catch (RuntimeException | StackOverflowError e) {
      throw decodingFailure(e);
    } finally {
      end();
    }
  }

  private void end() {
    hook = ReferenceHook.NONE;
    found = List.of();
    if (buffer.size() > KEPT_BUFFER_BYTES) {
      buffer = MemoryUtils.buffer(1024);
    }
    buffer.writerIndex(0);
  }

  private static RuntimeException encodingFailure(Throwable failure) {
    for (Throwable next = failure; next != null; next = next.getCause()) {
      if (next instanceof CodecException known) {
        return known;
      }
      if (next instanceof VirtualMachineError error && !(next instanceof StackOverflowError)) {
        throw error;
      }
    }
    return new NotEncodableException("a value that the serializer refuses", failure);
  }

  /// Fory says by the message alone that the hash of a class's fields differs.
  private static boolean isVersionMismatch(Throwable failure) {
    String message = failure.getMessage();
    return failure.getClass() == ForyException.class
        && message != null
        && message.startsWith("Read class ")
        && message.contains(" is not consistent with ");
  }

  private static boolean isTooDeep(Throwable failure) {
    String message = failure.getMessage();
    return failure instanceof InsecureException
        && message != null
        && message.startsWith("Read depth exceed");
  }

  private RuntimeException decodingFailure(Throwable failure) {
    Throwable root = failure;
    for (Throwable next = failure; next != null; next = next.getCause()) {
      if (next instanceof CodecException || next instanceof MalformedException) {
        return (RuntimeException) next;
      }
      if (next instanceof ClassNotCompatibleException || isVersionMismatch(next)) {
        return new NotDecodableException(
            "a class of the value has other fields here than at the sender", failure);
      }
      if (next instanceof VirtualMachineError error && !(next instanceof StackOverflowError)) {
        throw error;
      }
      if (next instanceof StackOverflowError || isTooDeep(next)) {
        return new NotDecodableException(
            "a value that is nested more than " + MAX_DEPTH + " objects deep");
      }
      root = next;
    }
    String name = refused;
    if (name != null) {
      return policy.has(name)
          ? new NotDecodableException("class " + name + " may not occur in values")
          : NotDecodableException.missing(name, failure);
    }
    return new MalformedException("a value that can't be read: " + root);
  }
}
