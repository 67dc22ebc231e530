package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.value.ClassVersion;
import dev.deed.transport.value.CodeCodec;
import dev.deed.transport.value.ValueCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The code of one job in this process: its class loader, and the codecs that find classes through
/// it. A job is what one driver runs, and has its id. Thread-safe.
final class JobCode {
  private final WorkerId job;
  private final ClassLoader loader;
  private final ValueCodec values;
  private final CodeCodec functions;

  private final ClassValue<Boolean> plain =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return values.immutability().isDeeplyImmutable(type) && type != HandleRef.class;
        }
      };

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

  /// Code whose classes `values` finds through `loader`.
  JobCode(WorkerId job, ClassLoader loader, ValueCodec values) {
    this.job = job;
    this.loader = loader;
    this.values = values;
    this.functions = new CodeCodec(values, JobCode::warnOfLargeCapture);
  }

  /// The same classes, for another job.
  JobCode of(WorkerId other) {
    return new JobCode(other, loader, values);
  }

  private static void warnOfLargeCapture(String name, int bytes) {
    System.getLogger("dev.deed")
        .log(
            System.Logger.Level.WARNING,
            "The task "
                + name
                + " captures "
                + bytes
                + " bytes, which are sent with every call: put them once and pass the Ref");
  }

  /// The driver whose program this is the code of.
  WorkerId job() {
    return job;
  }

  ClassLoader loader() {
    return loader;
  }

  ValueCodec values() {
    return values;
  }

  CodeCodec functions() {
    return functions;
  }

  /// Whether a function that was made with `classes` was made with this code, as far as they tell.
  boolean has(List<ClassVersion> classes) {
    return classes.stream().allMatch(each -> each.isIn(loader));
  }

  /// Whether nobody can change `value`, nor anything that it refers to.
  boolean isImmutable(Object value) {
    return plain.get(value.getClass()) || values.immutability().isDeeplyImmutable(value);
  }

  /// Whether `function` captured nothing, so that it may be called as it is: functions of such a
  /// class are all encoded to the same array. So the first one of a class is not known to be.
  @SuppressWarnings("ReferenceEquality") // the one array, not an equal one
  boolean isConstant(Object function, byte[] code) {
    Encoding encoding = encodings.get(function.getClass());
    byte[] first = encoding.first;
    if (first == null) {
      encoding.first = code;
    }
    return first == code;
  }
}
