package dev.deed.futures.runtime;

import dev.deed.NotSerializableValueException;
import dev.deed.lineage.Payload;
import dev.deed.lineage.Reference;
import dev.deed.lineage.Value;
import java.io.Serializable;
import java.util.List;

/// Functions as what specifications carry, and back. Thread-safe.
final class Functions {
  private final WorkerRuntime runtime;

  Functions(WorkerRuntime runtime) {
    this.runtime = runtime;
  }

  /// A function ready for a specification.
  ///
  /// @param captured the references among what it captured
  record Captured(LocalFunction function, List<Reference> captured) {}

  /// Takes what `function` captured as it is now.
  Captured capture(JobCode code, LocalFunction.Form form, Serializable function, LocalCall call) {
    Value encoded = runtime.hooks().writing(hook -> code.functions().encode(function, hook));
    byte[] bytes = encoded.payload().bytes();
    long size = bytes.length + (long) encoded.references().size() * Reference.MOST_BYTES;
    checkSize(size, runtime.limits().functionBytes(), function.getClass());
    Object callable = code.isConstant(function, bytes) ? function : null;
    return new Captured(
        new LocalFunction(form, code.job(), callable, bytes, call), encoded.references());
  }

  /// Refuses what could never be sent, before anything has changed.
  private static void checkSize(long bytes, long most, Class<?> function) {
    if (bytes > most) {
      throw new NotSerializableValueException(
          "the task "
              + function.getName()
              + " captures "
              + bytes
              + " bytes, and a message to a worker has room for "
              + most
              + " of them; put() what is large and join or capture its reference",
          null);
    }
  }

  /// The function of an execution as it came.
  static LocalFunction parse(Payload payload) {
    return payload instanceof LocalFunction own ? own : LocalFunction.parse(payload.bytes());
  }

  /// The function of an execution, ready to be called. References that it captured get handles.
  LocalFunction load(JobCode code, LocalFunction parsed) {
    if (parsed.function() != null) {
      return parsed;
    }
    Object function =
        runtime
            .hooks()
            .reading(hook -> code.functions().decode(parsed.code(), type(parsed.form()), hook));
    return new LocalFunction(parsed.form(), parsed.job(), function, parsed.code(), null);
  }

  private static Class<? extends Serializable> type(LocalFunction.Form form) {
    return switch (form) {
      case ACTION -> dev.deed.Action.class;
      case LIST -> dev.deed.Task1.class;
      case PLAIN, SPLIT -> Serializable.class;
    };
  }
}
