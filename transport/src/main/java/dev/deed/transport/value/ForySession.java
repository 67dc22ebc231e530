package dev.deed.transport.value;

import dev.deed.lineage.Reference;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireWriter;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.fory.Fory;
import org.apache.fory.config.ForyBuilder;
import org.apache.fory.exception.ClassNotCompatibleException;
import org.apache.fory.logging.LogLevel;
import org.apache.fory.logging.LoggerFactory;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.memory.MemoryUtils;
import org.apache.fory.resolver.ClassResolver;
import org.apache.fory.resolver.SharedRegistry;
import org.jspecify.annotations.Nullable;

/// One Fory with our serializers, and what belongs to the call that it is serving. Used by one
/// thread at a time.
///
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

  static {
    LoggerFactory.setLogLevel(LogLevel.ERROR_LEVEL);
  }

  private final Fory fory;
  private MemoryBuffer buffer = MemoryUtils.buffer(1024);
  private ReferenceHook hook = ReferenceHook.NONE;
  private Collection<Reference> found = new HashSet<>();
  private @Nullable String refused;

  /// Makes a Fory that shares generated code with those of the same `registry`.
  ForySession(ClassPolicy policy, Lambdas lambdas, SharedRegistry registry, Codecs codecs) {
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
            .withAsyncCompilation(false)
            .suppressClassRegistrationWarnings(true)
            .withMaxDepth(MAX_DEPTH)
            .withMaxUnbackedContainerItems(MAX_UNBACKED_ELEMENTS)
            .withMaxGraphMemoryBytes(Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 2));
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

  ReferenceHook hook() {
    return hook;
  }

  void found(Reference reference) {
    found.add(reference);
  }

  private boolean allows(ClassPolicy policy, String name) {
    boolean allowed = policy.allows(name);
    if (!allowed) {
      refused = name;
    }
    return allowed;
  }

  /// Appends the graph of `value` to `out` and its references to `into`. Throws what the serializers
  /// throw, or a [NotEncodableException] without a path.
  void encode(Object value, ReferenceHook with, Collection<Reference> into, WireWriter out) {
    hook = with;
    found = into;
    try {
      fory.serialize(buffer, value);
      out.writeRaw(buffer.getHeapMemory(), 0, buffer.writerIndex());
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
    found = new HashSet<>();
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

  private RuntimeException decodingFailure(Throwable failure) {
    Throwable root = failure;
    for (Throwable next = failure; next != null; next = next.getCause()) {
      if (next instanceof CodecException || next instanceof MalformedException) {
        return (RuntimeException) next;
      }
      if (next instanceof ClassNotCompatibleException) {
        return new NotDecodableException(
            "a class of the value has other fields here than at the sender", failure);
      }
      if (next instanceof VirtualMachineError error && !(next instanceof StackOverflowError)) {
        throw error;
      }
      root = next;
    }
    String name = refused;
    if (name != null) {
      return new NotDecodableException(
          "class " + name + " is not on the job's class path here, or may not occur in values");
    }
    return new MalformedException("a value that can't be read: " + root);
  }
}
