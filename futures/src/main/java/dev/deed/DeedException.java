package dev.deed;

import org.jspecify.annotations.Nullable;

/// The root of all failures that Deed tells a program of, one type for each thing that the program
/// can do about it. Misuse (a closed reference, a bad argument) is an [IllegalStateException] or
/// [IllegalArgumentException] instead.
///
/// The message tells what happened, where (task, worker, attempt, place of the call), why, and what
/// to do. An instance is made for the thread that throws it; its stack is the reader's, the cause's
/// stack is the task's.
public abstract sealed class DeedException extends RuntimeException
    permits ActorDiedException,
        ActorUnavailableException,
        ClusterUnavailableException,
        CodeMismatchException,
        ConnectException,
        DeadlineException,
        InterruptedGetException,
        JobException,
        JournalException,
        NotSerializableValueException,
        ObjectLostException,
        OutOfStorageException,
        OwnerDiedException,
        ResourcesUnavailableException,
        SessionClosedException,
        TaskCancelledException,
        TaskFailedException,
        WorkerLostException {
  private static final long serialVersionUID = 1L;

  DeedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
