package dev.deed.futures.runtime;

import dev.deed.NotSerializableValueException;
import dev.deed.lineage.Payload;
import dev.deed.lineage.Reference;
import dev.deed.lineage.Value;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.transport.value.CodeCodec;
import dev.deed.transport.value.CodecException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Functions as what specifications carry, and back. Thread-safe.
final class Functions {
  private final WorkerRuntime runtime;
  private final CodeCodec codec;

  private final ClassValue<Constant> constants =
      new ClassValue<>() {
        @Override
        protected Constant computeValue(Class<?> type) {
          return new Constant();
        }
      };

  /// The array that functions of one class are encoded to, if it is always the same.
  private static final class Constant {
    volatile byte @Nullable [] code;
  }

  Functions(WorkerRuntime runtime, CodeCodec codec) {
    this.runtime = runtime;
    this.codec = codec;
  }

  /// A function ready for a specification.
  ///
  /// @param captured the references among what it captured
  record Captured(LocalFunction function, List<Reference> captured) {}

  /// Takes what `function` captured as it is now.
  Captured capture(LocalFunction.Form form, Serializable function, @Nullable LocalCall call) {
    Value encoded;
    try {
      encoded = codec.encode(function, runtime.writeHook());
    } catch (CodecException e) {
      throw new NotSerializableValueException(
          "a task can't be sent as it is: " + e.getMessage(), e);
    }
    byte[] code = encoded.payload().bytes();
    Object callable = isConstant(function, code) ? function : null;
    return new Captured(new LocalFunction(form, callable, code, call), encoded.references());
  }

  /// Whether `function` captured nothing, so that it may be called as it is: such a one is encoded
  /// to the same array each time.
  private boolean isConstant(Serializable function, byte[] code) {
    byte[] known = constants.get(function.getClass()).code;
    if (known == null) {
      known = codec.encode(function, runtime.writeHook()).payload().bytes();
      constants.get(function.getClass()).code = known;
    }
    return known == code;
  }

  /// The function of an execution, ready to be called. References that it captured get handles.
  LocalFunction load(Payload payload) {
    LocalFunction local = payload instanceof LocalFunction own ? own : parse(payload.bytes());
    if (local.function() != null) {
      return local;
    }
    Object function = runtime.reading(hook -> codec.decode(local.code(), type(local.form()), hook));
    return new LocalFunction(local.form(), function, local.code(), null);
  }

  private static LocalFunction parse(byte[] bytes) {
    LocalFunction.Form form = bytes.length == 0 ? null : LocalFunction.Form.of(bytes[0] & 0xff);
    if (form == null) {
      throw new MalformedException("a function of unknown form");
    }
    return new LocalFunction(form, null, Arrays.copyOfRange(bytes, 1, bytes.length), null);
  }

  private static Class<? extends Serializable> type(LocalFunction.Form form) {
    return switch (form) {
      case ACTION -> dev.deed.Action.class;
      case LIST -> dev.deed.Task1.class;
      case PLAIN, SPLIT -> Serializable.class;
    };
  }

  /// A name of `function` for people.
  String name(Serializable function) {
    return codec.name(function);
  }
}
