package dev.deed.transport.value;

import dev.deed.lineage.Payload;
import dev.deed.lineage.Reference;
import dev.deed.lineage.Value;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/// Task functions as bytes and back: the names of a lambda or method reference with its captured
/// values, or an object of a named class of the job. Thread-safe.
///
/// Layout: a kind byte. Kind 0, a lambda: length and bytes of its [Code]; each captured value as a
/// scalar or handle, or the mark 26; if any was marked, a graph with an array of all marked ones up
/// to the end (one graph, so that an object captured twice stays one). Kind 1, an object: hash of
/// its class's file, class name, then the value.
///
/// Errors: as for [ValueCodec]. A captured `this` is refused unless it is a record or an enum
/// constant, for it would be a copy that the author did not ask for.
public final class CodeCodec {
  /// Bytes of captured values from which on the listener is told.
  public static final int LARGE_CAPTURE_BYTES = 64 << 10;

  private static final int LAMBDA = 0;
  private static final int OBJECT = 1;
  private static final int MARK = 26;

  private final ValueCodec values;
  private final Lambdas lambdas;
  private final ObjIntConsumer<String> largeCaptures;

  private final ClassValue<String> objectNames =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
          return FunctionNames.of(type);
        }
      };

  /// A codec for functions whose captured values go through `values`.
  ///
  /// @param largeCaptures is called with the function's name and the number of bytes whenever an
  ///   encoded function's captured values take more than [#LARGE_CAPTURE_BYTES]
  public CodeCodec(ValueCodec values, ObjIntConsumer<String> largeCaptures) {
    this.values = values;
    this.lambdas = values.lambdas();
    this.largeCaptures = largeCaptures;
  }

  /// The bytes of `function` and the references among what it captured. The bytes of a function
  /// that captured nothing are one array for all calls, not to be changed.
  public Value encode(Object function, ReferenceHook hook) {
    if (!Lambdas.isLambda(function.getClass())) {
      return encodeObject(function, hook);
    }
    Lambdas.Shape shape = lambdas.shape(function);
    Value whole = shape.whole();
    return whole != null ? whole : encodeLambda(function, shape, hook);
  }

  /// The function of type `type` that fills `bytes`; one that captured nothing may be the same
  /// object for all calls.
  public <T> T decode(byte[] bytes, Class<T> type, ReferenceHook hook) {
    WireReader in = new WireReader(bytes);
    int kind = in.readByte();
    Object function =
        switch (kind) {
          case LAMBDA -> decodeLambda(in, bytes, hook);
          case OBJECT -> decodeObject(in, bytes, hook);
          default -> throw new MalformedException("a function of kind " + kind);
        };
    if (!type.isInstance(function)) {
      throw new NotDecodableException(
          (function == null ? "nothing" : function.getClass().getName())
              + " where a "
              + type.getName()
              + " is expected");
    }
    return type.cast(function);
  }

  /// The classes whose files must be here for the function that fills `bytes` to be decoded, as its
  /// sender had them.
  public static List<ClassVersion> classes(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    int kind = in.readByte();
    return switch (kind) {
      case LAMBDA -> Code.read(new WireReader(in.readBytes())).classes();
      case OBJECT -> {
        long hash = in.readFixedLong();
        yield List.of(new ClassVersion(in.readString(), hash));
      }
      default -> throw new MalformedException("a function of kind " + kind);
    };
  }

  /// A name of `function` for people: `Main.fib`, or `Main.lambda$main at Main.java:12`. Found once
  /// for each function's class.
  public String name(Object function) {
    return Lambdas.isLambda(function.getClass())
        ? lambdas.shape(function).name()
        : objectNames.get(function.getClass());
  }

  /// The code of a lambda or method reference, equal for equal functions; nothing for an object of
  /// a named class.
  public Optional<Code> code(Object function) {
    return Lambdas.isLambda(function.getClass())
        ? Optional.of(lambdas.shape(function).code())
        : Optional.empty();
  }

  /// The encoded function of a code that captures nothing.
  static Value wholeOf(byte[] header) {
    WireWriter out = new WireWriter(header.length + 4);
    out.writeByte(LAMBDA);
    out.writeBytes(header);
    return new Value(Payload.of(out.toBytes()), List.of());
  }

  private Value encodeLambda(Object function, Lambdas.Shape shape, ReferenceHook hook) {
    @Nullable Object[] captures = shape.captures(function);
    Captures.check(shape.code(), captures);
    byte[] header = shape.header();
    WireWriter out = new WireWriter(header.length + 64);
    out.writeByte(LAMBDA);
    out.writeBytes(header);
    int start = out.length();
    Collection<Reference> found = List.of();
    List<@Nullable Object> marked = List.of();
    for (Object capture : captures) {
      if (Scalars.write(capture, out) || capture == null) {
        continue;
      }
      if (values.policy().isHandle(capture.getClass())) {
        Reference reference = hook.write(capture);
        found = found.isEmpty() ? new LinkedHashSet<>() : found;
        found.add(reference);
        Scalars.writeHandle(capture.getClass(), reference, out);
      } else {
        marked = marked.isEmpty() ? new ArrayList<>() : marked;
        marked.add(capture);
        out.writeByte(MARK);
      }
    }
    if (!marked.isEmpty()) {
      found = found.isEmpty() ? new LinkedHashSet<>() : found;
      encodeMarked(shape.code(), captures, marked.toArray(), hook, found, out);
    }
    if (out.length() - start > LARGE_CAPTURE_BYTES) {
      largeCaptures.accept(shape.name(), out.length() - start);
    }
    return new Value(Payload.of(out.toBytes()), List.copyOf(found));
  }

  private void encodeMarked(
      Code code,
      @Nullable Object[] captures,
      @Nullable Object[] marked,
      ReferenceHook hook,
      Collection<Reference> found,
      WireWriter out) {
    try {
      values.encodeGraph(marked, hook, found, out);
    } catch (NotEncodableException e) {
      for (int i = 0; i < captures.length; i++) {
        Optional<String> problem = values.problem(captures[i]);
        if (problem.isPresent()) {
          throw Captures.failure(code, i, captures[i], problem.get(), e);
        }
      }
      throw e;
    }
  }

  private Object decodeLambda(WireReader in, byte[] bytes, ReferenceHook hook) {
    Lambdas.Template template = lambdas.template(in.readBytes());
    int count = template.captures();
    @Nullable Object[] captures = new Object[count];
    boolean[] marks = new boolean[count];
    int marked = 0;
    for (int i = 0; i < count; i++) {
      int tag = in.readByte();
      if (tag == MARK) {
        marks[i] = true;
        marked++;
      } else {
        captures[i] = Scalars.read(tag, in, values.policy(), hook);
      }
    }
    if (marked == 0) {
      in.expectEnd();
      return template.make(captures);
    }
    if (!(values.decodeGraph(in, bytes, hook) instanceof Object[] graph)
        || graph.length != marked) {
      throw new MalformedException("captured values that are not " + marked);
    }
    int next = 0;
    for (int i = 0; i < count; i++) {
      if (marks[i]) {
        captures[i] = graph[next];
        next++;
      }
    }
    return template.make(captures);
  }

  private Value encodeObject(Object function, ReferenceHook hook) {
    Class<?> type = function.getClass();
    WireWriter out = new WireWriter(128);
    out.writeByte(OBJECT);
    out.writeFixedLong(ClassFiles.hash(type));
    out.writeString(type.getName());
    List<Reference> references = values.encodeTo(function, hook, out);
    return new Value(Payload.of(out.toBytes()), references);
  }

  private @Nullable Object decodeObject(WireReader in, byte[] bytes, ReferenceHook hook) {
    long hash = in.readFixedLong();
    Class<?> type = values.policy().require(in.readString());
    ClassFiles.check(type, hash);
    return values.decode(bytes, in.position(), in.remaining(), hook);
  }
}
