package dev.deed.futures.runtime;

import dev.deed.lineage.Payload;
import dev.deed.lineage.Reference;
import dev.deed.lineage.Value;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.transport.value.CodeCodec;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Functions as what specifications carry, and back. Thread-safe.
final class Functions {
  private final WorkerRuntime runtime;
  private final CodeCodec codec;

  private final ClassValue<Encoding> encodings =
      new ClassValue<>() {
        @Override
        protected Encoding computeValue(Class<?> type) {
          return new Encoding();
        }
      };

  /// The array that the first function of a class was encoded to.
  private static final class Encoding {
    volatile byte @Nullable [] first;
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
    Value encoded = runtime.hooks().writing(hook -> codec.encode(function, hook));
    byte[] code = encoded.payload().bytes();
    Object callable = isConstant(function, code) ? function : null;
    return new Captured(new LocalFunction(form, callable, code, call), encoded.references());
  }

  /// Whether `function` captured nothing, so that it may be called as it is: functions of such a
  /// class are all encoded to the same array. So the first one of a class is not known to be.
  @SuppressWarnings("ReferenceEquality") // the one array, not an equal one
  private boolean isConstant(Serializable function, byte[] code) {
    Encoding encoding = encodings.get(function.getClass());
    byte[] first = encoding.first;
    if (first == null) {
      encoding.first = code;
    }
    return first == code;
  }

  /// The function of an execution, ready to be called. References that it captured get handles.
  LocalFunction load(Payload payload) {
    LocalFunction local = payload instanceof LocalFunction own ? own : parse(payload.bytes());
    if (local.function() != null) {
      return local;
    }
    Object function =
        runtime.hooks().reading(hook -> codec.decode(local.code(), type(local.form()), hook));
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
