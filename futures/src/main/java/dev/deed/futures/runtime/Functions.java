package dev.deed.futures.runtime;

import dev.deed.CodeMismatchException;
import dev.deed.NotSerializableValueException;
import dev.deed.lineage.Payload;
import dev.deed.lineage.Reference;
import dev.deed.lineage.Value;
import dev.deed.transport.value.CodeCodec;
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
    return new Captured(new LocalFunction(form, code, callable, bytes, call), encoded.references());
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

  /// The function of an execution, ready to be called, with the version of the code that its call
  /// was made with. References that it captured get handles. Throws what [Jobs] throws, and what
  /// [HandleHooks#reading] does.
  LocalFunction load(Payload payload) {
    LocalFunction came =
        payload instanceof LocalFunction own
            ? own
            : LocalFunction.parse(payload.bytes(), runtime.jobs());
    if (came.function() != null) {
      return came;
    }
    try {
      return decoded(came, came.program());
    } catch (CodeMismatchException e) {
      JobCode fitting = runtime.jobs().of(came.program().job(), CodeCodec.classes(came.code()));
      if (fitting.equals(came.program())) {
        throw e;
      }
      return decoded(came, fitting);
    }
  }

  private LocalFunction decoded(LocalFunction came, JobCode program) {
    Object function =
        runtime
            .hooks()
            .reading(hook -> program.functions().decode(came.code(), type(came.form()), hook));
    return came.with(program, function);
  }

  private static Class<? extends Serializable> type(LocalFunction.Form form) {
    return switch (form) {
      case ACTION -> dev.deed.Action.class;
      case LIST -> dev.deed.Task1.class;
      case PLAIN, SPLIT -> Serializable.class;
    };
  }
}
