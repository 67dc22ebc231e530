package dev.deed.transport.value;

import dev.deed.lineage.Reference;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.lang.invoke.SerializedLambda;
import org.apache.fory.Fory;
import org.apache.fory.config.Config;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.serializer.JdkProxySerializer;
import org.apache.fory.serializer.LambdaSerializer;
import org.apache.fory.serializer.Serializer;
import org.jspecify.annotations.Nullable;

/// Our serializers for what Fory must not treat as ordinary objects inside a graph.
final class GraphSerializers {
  private GraphSerializers() {}

  /// Puts the serializers into a new Fory.
  static void install(
      Fory fory,
      ForySession session,
      ClassPolicy policy,
      Lambdas lambdas,
      ForySession.Codecs codecs) {
    Config config = fory.getConfig();
    fory.registerSerializer(
        LambdaSerializer.ReplaceStub.class,
        new Function(config, LambdaSerializer.ReplaceStub.class, lambdas));
    fory.registerSerializer(
        JdkProxySerializer.ReplaceStub.class,
        new Refused(config, JdkProxySerializer.ReplaceStub.class));
    fory.registerSerializer(SerializedLambda.class, new Refused(config, SerializedLambda.class));
    fory.registerSerializerFactory((_, type) -> {
      if (type.isHidden()) {
        return new Function(config, type, lambdas);
      }
      if (policy.isHandle(type)) {
        return new Handle(config, type, session, policy);
      }
      if (Throwable.class.isAssignableFrom(type)) {
        return policy.isThrowable(type)
            ? new Failure(config, type, codecs)
            : new Refused(config, type);
      }
      return null;
    });
  }

  @SuppressWarnings("unchecked")
  private static Class<Object> erased(Class<?> type) {
    return (Class<Object>) type;
  }

  private static byte[] readBlock(ReadContext in) {
    MemoryBuffer buffer = in.getBuffer();
    int count = buffer.readVarUInt32();
    if (count < 0 || count > buffer.remaining()) {
      throw new MalformedException(count + " bytes announced, " + buffer.remaining() + " left");
    }
    return buffer.readBytes(count);
  }

  private static void writeBlock(WriteContext out, byte[] bytes, int count) {
    out.getBuffer().writeVarUInt32(count);
    out.getBuffer().writeBytes(bytes, 0, count);
  }

  /// A handle: its reference.
  private static final class Handle extends Serializer<Object> {
    private final ForySession session;
    private final ClassPolicy policy;

    Handle(Config config, Class<?> type, ForySession session, ClassPolicy policy) {
      super(config, erased(type));
      this.session = session;
      this.policy = policy;
    }

    @Override
    public void write(WriteContext out, Object handle) {
      Reference reference = session.hook().write(handle);
      session.found(reference);
      WireWriter bytes = new WireWriter(40);
      reference.write(bytes);
      writeBlock(out, bytes.array(), bytes.length());
    }

    @Override
    public Object read(ReadContext in) {
      WireReader bytes = new WireReader(readBlock(in));
      Reference reference = Reference.read(bytes);
      bytes.expectEnd();
      return Scalars.handle(type, reference, policy, session.hook());
    }
  }

  /// A lambda or method reference: its encoded code, then what it captured.
  private static final class Function extends Serializer<Object> {
    private final Lambdas lambdas;

    Function(Config config, Class<?> type, Lambdas lambdas) {
      super(config, erased(type));
      this.lambdas = lambdas;
    }

    @Override
    public void write(WriteContext out, Object function) {
      Lambdas.Shape shape = lambdas.shape(function);
      @Nullable Object[] captures = shape.captures(function);
      Captures.check(shape.code(), captures);
      writeBlock(out, shape.header(), shape.header().length);
      for (Object capture : captures) {
        out.writeRef(capture);
      }
    }

    @Override
    public Object read(ReadContext in) {
      Lambdas.Template template = lambdas.template(readBlock(in));
      @Nullable Object[] captures = new Object[template.captures()];
      for (int i = 0; i < captures.length; i++) {
        captures[i] = in.readRef();
      }
      return template.make(captures);
    }
  }

  /// An exception: its data, then the values of its fields.
  private static final class Failure extends Serializer<Object> {
    private final ForySession.Codecs codecs;

    Failure(Config config, Class<?> type, ForySession.Codecs codecs) {
      super(config, erased(type));
      this.codecs = codecs;
    }

    @Override
    public void write(WriteContext out, Object failure) {
      ThrowableCodec.Parts parts = codecs.throwables().take((Throwable) failure);
      writeBlock(out, parts.nodes(), parts.nodes().length);
      out.writeRef(parts.fields());
    }

    @Override
    public Object read(ReadContext in) {
      byte[] nodes = readBlock(in);
      Object fields = in.readRef();
      if (fields != null && !(fields instanceof Object[])) {
        throw new MalformedException("fields of an exception that are no array");
      }
      WireReader reader = new WireReader(nodes);
      Throwable failure = codecs.throwables().build(reader, (Object[]) fields);
      reader.expectEnd();
      if (!type.isInstance(failure)) {
        throw new NotDecodableException("a " + type.getName() + " can't be made here", failure);
      }
      return failure;
    }
  }

  /// What no value may hold.
  private static final class Refused extends Serializer<Object> {
    Refused(Config config, Class<?> type) {
      super(config, erased(type));
    }

    @Override
    public void write(WriteContext out, Object value) {
      throw new NotEncodableException(type.getName() + " may not occur in values");
    }

    @Override
    public Object read(ReadContext in) {
      throw new NotDecodableException(type.getName() + " may not occur in values");
    }
  }
}
