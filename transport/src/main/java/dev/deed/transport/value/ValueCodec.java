package dev.deed.transport.value;

import dev.deed.lineage.Payload;
import dev.deed.lineage.Reference;
import dev.deed.lineage.Value;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Values as bytes and back, with the references that stand inside of them.
///
/// A value may hold: records, enums, sealed and ordinary classes of the job's class path; strings,
/// boxed values, arrays; the JDK's collections, `Optional`, `java.time`, `java.math`, atomics, UUID
/// and the like; exceptions; handles of references; serializable lambdas. Shared and cyclic objects
/// keep their shape; transient fields are left out. Nothing else of the JDK is allowed, and no
/// class with `writeObject`, `readObject` or `Externalizable`: Java's object streams are used
/// nowhere.
///
/// Layout: one tag byte (see `Scalars`), then the scalar, the array, the exception, or Fory's bytes
/// up to the end. Whole numbers are little-endian. Classes travel by name, with a hash of their
/// fields.
///
/// Exceptions travel as class, message, stack trace, causes and suppressed ones (64 at most), and
/// those fields of job classes that can be encoded. No constructor of theirs runs at the receiver,
/// where a [RemoteException] stands in for a class that isn't there.
///
/// Errors: encoding throws [NotEncodableException]; decoding throws [MalformedException] for bytes
/// that no encoder wrote, [NotDecodableException] or [CodeMismatchException] where classes differ.
/// Lengths are checked before memory is taken for them. Thread-safe.
public final class ValueCodec {
  private final ClassPolicy policy;
  private final Lambdas lambdas;
  private final Inspector inspector;
  private final ThrowableCodec throwables;
  private final Immutability immutability;
  private final ForyPool sessions;

  /// A codec for the job whose classes `loader` has.
  ///
  /// @param loader the job's class loader
  /// @param handles tells the classes whose objects are handles of references
  public ValueCodec(ClassLoader loader, Predicate<Class<?>> handles) {
    policy = new ClassPolicy(loader, handles);
    lambdas = new Lambdas(policy);
    sessions =
        new ForyPool(
            2 * Runtime.getRuntime().availableProcessors(),
            (compiled, registry) ->
                new ForySession(policy, lambdas, registry, compiled, this::throwables));
    inspector = new Inspector(policy, () -> sessions.with(ForySession::builtIns));
    throwables = new ThrowableCodec(policy, inspector);
    immutability = new Immutability(policy);
  }

  ClassPolicy policy() {
    return policy;
  }

  Lambdas lambdas() {
    return lambdas;
  }

  /// Makes the serializer generate code now, which it else does after much work: for tests.
  void compile() {
    sessions.compile();
  }

  private ThrowableCodec throwables() {
    return throwables;
  }

  /// Tells which values may be shared instead of copied.
  public Immutability immutability() {
    return immutability;
  }

  /// The bytes of `value` and the references inside it, each once, in the order in which they are
  /// met.
  public Value encode(@Nullable Object value, ReferenceHook hook) {
    int array = value == null ? -1 : PrimitiveArrays.kind(value);
    if (value != null && array >= 0) {
      return new Value(Payload.of(PrimitiveArrays.encode(array, value)), List.of());
    }
    WireWriter out = new WireWriter(64);
    if (Scalars.write(value, out) || value == null) {
      return new Value(Payload.of(out.toBytes()), List.of());
    }
    if (value instanceof Throwable || policy.isHandle(value.getClass())) {
      List<Reference> references = encodeObject(value, hook, out);
      return new Value(Payload.of(out.toBytes()), references);
    }
    Collection<Reference> found = new LinkedHashSet<>();
    byte[] bytes = graph(value, session -> session.encode(Scalars.GRAPH, value, hook, found));
    return new Value(Payload.of(bytes), List.copyOf(found));
  }

  /// The parts of a large array of numbers, not copied, for whoever stores them at once; nothing
  /// for another value.
  public Optional<ArrayView> view(@Nullable Object value) {
    int array = value == null ? -1 : PrimitiveArrays.kind(value);
    return value == null || array < 0 ? Optional.empty() : PrimitiveArrays.view(array, value);
  }

  /// Appends the bytes of `value` to `out`, without their length, and returns the references inside
  /// it. After an exception `out` has its earlier length.
  public List<Reference> encodeTo(@Nullable Object value, ReferenceHook hook, WireWriter out) {
    int start = out.length();
    try {
      if (Scalars.write(value, out) || value == null) {
        return List.of();
      }
      return encodeObject(value, hook, out);
    } catch (RuntimeException e) {
      out.truncate(start);
      throw e;
    }
  }

  private List<Reference> encodeObject(Object value, ReferenceHook hook, WireWriter out) {
    Class<?> type = value.getClass();
    if (policy.isHandle(type)) {
      Reference reference = hook.write(value);
      Scalars.writeHandle(type, reference, out);
      return List.of(reference);
    }
    int array = PrimitiveArrays.kind(value);
    if (array >= 0) {
      byte[] bytes = PrimitiveArrays.encode(array, value);
      out.writeRaw(bytes, 0, bytes.length);
      return List.of();
    }
    Collection<Reference> found = new LinkedHashSet<>();
    if (value instanceof Throwable failure) {
      out.writeByte(Scalars.THROWABLE);
      ThrowableCodec.Parts parts = throwables.take(failure);
      out.writeBytes(parts.nodes());
      if (parts.fields() != null) {
        encodeGraph(parts.fields(), hook, found, out);
      }
    } else {
      out.writeByte(Scalars.GRAPH);
      encodeGraph(value, hook, found, out);
    }
    return List.copyOf(found);
  }

  /// Appends a graph; on failure the message has the path to what could not be encoded.
  void encodeGraph(Object value, ReferenceHook hook, Collection<Reference> found, WireWriter out) {
    graph(
        value,
        session -> {
          session.encode(value, hook, found, out);
          return out;
        });
  }

  private <R> R graph(Object value, Function<ForySession, R> encode) {
    try {
      return sessions.with(encode);
    } catch (NotEncodableException e) {
      Optional<Inspector.Problem> problem = inspector.find(value);
      throw problem.map(known -> new NotEncodableException(known.message(), e)).orElse(e);
    }
  }

  /// The first part of `value` that can't be encoded, as a sentence, or nothing.
  Optional<String> problem(@Nullable Object value) {
    return inspector.find(value).map(Inspector.Problem::message);
  }

  /// The value that fills `bytes`. Every handle inside is made by `hook`.
  public @Nullable Object decode(byte[] bytes, ReferenceHook hook) {
    return decode(bytes, 0, bytes.length, hook);
  }

  /// The value whose bytes are `source`. An array of numbers is copied once, from there into the
  /// array.
  public @Nullable Object decode(ByteSource source, ReferenceHook hook) {
    if (source.size() == 0) {
      throw new MalformedException("a value without bytes");
    }
    Optional<Object> array = PrimitiveArrays.decode(source);
    return array.isPresent() ? array.get() : decode(source.toBytes(), hook);
  }

  /// The value that fills `count` bytes from `offset`.
  public @Nullable Object decode(byte[] bytes, int offset, int count, ReferenceHook hook) {
    WireReader in = new WireReader(bytes, offset, count);
    int tag = in.readByte();
    if (tag == Scalars.GRAPH) {
      return decodeGraph(in, bytes, hook);
    }
    if (tag == Scalars.THROWABLE) {
      return decodeThrowable(in, bytes, hook);
    }
    if (tag >= Scalars.ARRAYS && tag < Scalars.ARRAYS + 8) {
      WireReader rest = new WireReader(bytes, in.position(), in.remaining());
      return PrimitiveArrays.decode(tag - Scalars.ARRAYS, rest, bytes);
    }
    Object value = Scalars.read(tag, in, policy, hook);
    in.expectEnd();
    return value;
  }

  private Throwable decodeThrowable(WireReader in, byte[] bytes, ReferenceHook hook) {
    WireReader nodes = new WireReader(in.readBytes());
    Object fields = in.remaining() == 0 ? null : decodeGraph(in, bytes, hook);
    if (fields != null && !(fields instanceof Object[])) {
      throw new MalformedException("fields of an exception that are no array");
    }
    Throwable failure = throwables.build(nodes, (Object[]) fields);
    nodes.expectEnd();
    return failure;
  }

  /// The graph that fills what is left of `in`, which reads from `bytes`.
  @Nullable Object decodeGraph(WireReader in, byte[] bytes, ReferenceHook hook) {
    return sessions.<@Nullable Object>with(
        session -> session.decode(bytes, in.position(), in.remaining(), hook));
  }

  /// A 64-bit hash of the bytes of `value`: another one later means that somebody changed the
  /// value. The reverse need not hold for sets and maps, whose order may change.
  public long fingerprint(@Nullable Object value, ReferenceHook hook) {
    byte[] bytes = encode(value, hook).payload().bytes();
    long hash = 0xcbf29ce484222325L;
    for (byte next : bytes) {
      hash = (hash ^ (next & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }
}
