package dev.deed.futures.runtime;

import dev.deed.ClusterUnavailableException;
import dev.deed.CodeMismatchException;
import dev.deed.DeadlineException;
import dev.deed.DeedException;
import dev.deed.NotSerializableValueException;
import dev.deed.ObjectLostException;
import dev.deed.OutOfStorageException;
import dev.deed.OwnerDiedException;
import dev.deed.ResourcesUnavailableException;
import dev.deed.TaskCancelledException;
import dev.deed.TaskFailedException;
import dev.deed.WorkerLostException;
import dev.deed.lineage.Payload;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.Failure;
import dev.deed.transport.value.CodecException;
import org.jspecify.annotations.Nullable;

/// Between failures as the protocol carries them and the exceptions of the public API. Thread-safe.
final class Failures {
  private final Values values;

  Failures(Values values) {
    this.values = values;
  }

  /// The execution, named for people: task, place of the call, worker and attempt.
  static String where(TaskRun run) {
    TaskSpec.Origin origin = run.spec().origin();
    String site = origin.site().isEmpty() ? "" : " (called at " + origin.site() + ")";
    return "task "
        + origin.name()
        + site
        + ", attempt "
        + run.attempt()
        + " at worker "
        + run.runtime().id().brief();
  }

  /// What the user code of an execution threw.
  Failure ofThrown(TaskRun run, Throwable thrown) {
    Payload encoded = values.encodeException(run.code(), thrown);
    String message =
        where(run)
            + ", threw "
            + thrown
            + (encoded == null ? " (which could not be sent)" : "; its cause tells where");
    return new Failure(Failure.Kind.TASK_FAILED, message, encoded, null);
  }

  /// What an execution needs could not be made from its bytes.
  static Failure ofDelivery(TaskRun run, DeedException problem) {
    Failure.Kind kind =
        problem instanceof CodeMismatchException
            ? Failure.Kind.CODE_MISMATCH
            : Failure.Kind.NOT_SERIALIZABLE;
    return Failure.of(kind, where(run) + ", could not begin: " + problem.getMessage());
  }

  /// The exception for a reader on this thread, whose program has this code.
  DeedException toException(JobCode code, Failure failure) {
    String message = failure.message();
    Throwable cause = cause(code, failure);
    return switch (failure.kind()) {
      case TASK_FAILED -> new TaskFailedException(message, cause);
      case TASK_CANCELLED -> new TaskCancelledException(message, cause);
      case WORKER_LOST -> new WorkerLostException(message, cause);
      case LOST_NO_LINEAGE -> lost(ObjectLostException.Reason.NO_LINEAGE, message, cause);
      case LOST_LINEAGE_EVICTED -> lost(ObjectLostException.Reason.LINEAGE_EVICTED, message, cause);
      case LOST_RETRIES_EXHAUSTED ->
          lost(ObjectLostException.Reason.RETRIES_EXHAUSTED, message, cause);
      case LOST_PUT -> lost(ObjectLostException.Reason.PUT, message, cause);
      case LOST_UPSTREAM -> lost(ObjectLostException.Reason.UPSTREAM_LOST, message, cause);
      case OWNER_DIED -> new OwnerDiedException(message, cause);
      case DEADLINE -> new DeadlineException(message, cause);
      case OUT_OF_STORAGE -> new OutOfStorageException(message, cause);
      case RESOURCES_UNAVAILABLE -> new ResourcesUnavailableException(message, cause);
      case NOT_SERIALIZABLE -> new NotSerializableValueException(message, cause);
      case CLUSTER_UNAVAILABLE -> new ClusterUnavailableException(message, cause);
      case CODE_MISMATCH -> new CodeMismatchException(message, cause);
    };
  }

  private static DeedException lost(
      ObjectLostException.Reason reason, String message, @Nullable Throwable cause) {
    return new ObjectLostException(reason, message, cause);
  }

  private @Nullable Throwable cause(JobCode code, Failure failure) {
    Payload exception = failure.exception();
    if (exception != null) {
      try {
        return values.decodeException(code, exception);
      } catch (CodecException e) {
        return e;
      }
    }
    Failure cause = failure.cause();
    return cause == null ? null : toException(code, cause);
  }
}
