package dev.deed.futures.runtime;

import dev.deed.NotSerializableValueException;
import dev.deed.OutOfStorageException;
import dev.deed.lineage.Payload;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.Value;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Event;
import dev.deed.ownership.Failure;
import dev.deed.ownership.Outcome;
import dev.deed.transport.value.ArrayView;
import dev.deed.transport.value.CodecException;
import dev.deed.transport.value.ReferenceHook;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Values as what the protocol carries, and back. Thread-safe.
/*
 * `checked` compares a shared object with what it was each time it is read.
 *
 * A value without references that nobody can change stays the object that it is, and is encoded only if
 * it has to leave. Any other is encoded at once, so that later changes are not seen, and decoded for
 * each reader, who also gets handles of his own for the references inside.
 */
final class Values {
  private final WorkerRuntime runtime;
  private final CopyStore store;
  private final int inlineLimitBytes;
  private final boolean checked;

  /// How many values this worker has stored: each has a name of its own.
  private final AtomicLong editions = new AtomicLong();

  Values(WorkerRuntime runtime, CopyStore store, int inlineLimitBytes, boolean checked) {
    this.runtime = runtime;
    this.store = store;
    this.inlineLimitBytes = inlineLimitBytes;
    this.checked = checked;
  }

  /// The value of a program as it is now, to be kept at once: a large array is copied only then.
  /// Throws [NotSerializableValueException].
  Value encode(JobCode code, @Nullable Object value) {
    int size = LiveValue.sizeOf(value);
    if (size >= 0 && size <= inlineLimitBytes) {
      return new Value(live(code, value, size), List.of());
    }
    Optional<ArrayView> array = runtime.hooks().writing(_ -> code.values().view(value));
    if (array.isPresent() && array.get().size() > inlineLimitBytes) {
      return new Value(array.get(), List.of());
    }
    Value encoded = runtime.hooks().writing(hook -> code.values().encode(value, hook));
    if (value != null && encoded.references().isEmpty() && code.isImmutable(value)) {
      return new Value(new LiveValue(value, encoded.payload().bytes(), code.values()), List.of());
    }
    return encoded;
  }

  private LiveValue live(JobCode code, @Nullable Object value, int size) {
    LiveValue live = new LiveValue(value, size, code.values());
    if (checked) {
      live.bytes();
    }
    return live;
  }

  /// Room for the results of one execution.
  ReplyRoom replyRoom() {
    return new ReplyRoom(runtime.limits().inlineTotalBytes());
  }

  /// What becomes of a task's result; a failure where it can't be kept. A small one for which the
  /// reply has no room any more is stored.
  Outcome result(TaskRun run, Reference reference, @Nullable Object value, ReplyRoom room) {
    try {
      Value encoded = encode(run.code(), value);
      if (encoded.size() <= inlineLimitBytes && room.takeSmall(encoded.messageBytes())) {
        return new Outcome.Inline(encoded);
      }
      if (!room.takeOther((long) encoded.references().size() * Reference.MOST_BYTES)) {
        throw new NotSerializableValueException(
            encoded.references().size()
                + " references stand inside it, and the reply to its owner has no room for them;"
                + " put() parts of it and return their references",
            null);
      }
      return store(reference, encoded);
    } catch (NotSerializableValueException e) {
      return failed(run, room, Failure.Kind.NOT_SERIALIZABLE, "returned what can't be sent", e);
    } catch (OutOfStorageException e) {
      return failed(run, room, Failure.Kind.OUT_OF_STORAGE, "returned what can't be stored", e);
    }
  }

  private static Outcome failed(
      TaskRun run, ReplyRoom room, Failure.Kind kind, String what, Exception e) {
    String message = Failures.where(run) + " " + what + ": " + e.getMessage();
    // Of a million results each may fail.
    boolean told = room.takeOther(message.length() * 3L);
    return new Outcome.Failed(Failure.of(kind, told ? message : "as an earlier result"));
  }

  /// What becomes of a put: a small value stays in the tables, a large one is stored, and so is one
  /// of which there are to be several copies. Throws [OutOfStorageException].
  Outcome keep(Reference reference, Value value, int copies) {
    return value.size() <= inlineLimitBytes && copies == 1
        ? new Outcome.Inline(value)
        : store(reference, value);
  }

  private Outcome store(Reference reference, Value value) {
    Payload content =
        value.payload() instanceof ArrayView view ? view : Payload.of(value.payload().bytes());
    int length = content.size();
    Wait wait = new Wait();
    runtime.driver().publish(new Event.Reserve(runtime.nextRequests(1), length), wait);
    if (!(wait.await(runtime) instanceof Answer.Reserved(boolean granted))) {
      throw runtime.closedException();
    }
    if (!granted) {
      throw new OutOfStorageException(
          "no room for a value of "
              + length
              + " bytes: the store is full of values that are still referred to; close references or"
              + " raise store-bytes",
          null);
    }
    long edition = editions.incrementAndGet();
    long digest = store.write(new CopyName(reference, edition, runtime.id()), content);
    return new Outcome.Stored(
        new StoredValue(edition, runtime.id(), length, digest, value.references()), List.of());
  }

  /// The object of a small value.
  @Nullable Object decode(JobCode code, Value value) {
    Payload payload = value.payload();
    if (payload instanceof LiveValue live && live.isOf(code.values())) {
      if (checked && live.changed()) {
        throw new IllegalStateException(
            "a value that was shared as immutable has been changed: " + live.object());
      }
      return live.object();
    }
    return decode(code, payload.bytes());
  }

  /// The object of a value that lies in this worker's store.
  @Nullable Object decodeStored(JobCode code, Reference reference, StoredValue value) {
    return store.<@Nullable Object>read(
        CopyName.of(reference, value),
        bytes ->
            runtime.hooks().<@Nullable Object>reading(hook -> code.values().decode(bytes, hook)));
  }

  private @Nullable Object decode(JobCode code, byte[] bytes) {
    return runtime.hooks().<@Nullable Object>reading(hook -> code.values().decode(bytes, hook));
  }

  /// An exception of user code as bytes, or null if it has no form as bytes, or one that no message
  /// has room for.
  @Nullable Payload encodeException(JobCode code, Throwable thrown) {
    try {
      Payload encoded = code.values().encode(thrown, ReferenceHook.NONE).payload();
      return encoded.size() <= runtime.limits().functionBytes() ? encoded : null;
    } catch (CodecException e) {
      System.getLogger("dev.deed")
          .log(System.Logger.Level.WARNING, "An exception can't be encoded: " + e.getMessage());
      return null;
    }
  }

  /// The exception that was encoded; a substitute where its class can't be had.
  Throwable decodeException(JobCode code, Payload payload) {
    Object decoded = code.values().decode(payload.bytes(), ReferenceHook.NONE);
    if (decoded instanceof Throwable thrown) {
      return thrown;
    }
    throw new IllegalStateException("broken invariant: an exception that is none");
  }
}
