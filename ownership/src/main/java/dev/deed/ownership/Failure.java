package dev.deed.ownership;

import dev.deed.lineage.Payload;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import org.jspecify.annotations.Nullable;

/// Why there is no value: what a failed object holds, and what crosses the wire in its place.
///
/// @param kind what the caller can do about it
/// @param message what happened, where and why, and what to do: one or two sentences
/// @param exception the user's exception, encoded; only where `kind` is [Kind#TASK_FAILED]
/// @param cause the failure that led to this one, for chains along tasks
public record Failure(
    Kind kind, String message, @Nullable Payload exception, @Nullable Failure cause) {
  /// Longest chain of causes that is kept and read.
  public static final int MAX_CHAIN = 64;

  /// The kinds, one for each exception of the public API (and for each reason of a lost object).
  public enum Kind {
    /// The user's code threw.
    TASK_FAILED,
    /// Cancelled, or a descendant of a cancelled task.
    TASK_CANCELLED,
    /// The executing worker died and the retries are used up.
    WORKER_LOST,
    /// All copies are gone and the task was not kept because it may not be repeated.
    LOST_NO_LINEAGE,
    /// All copies are gone and the lineage had been evicted for its budget.
    LOST_LINEAGE_EVICTED,
    /// All copies are gone and the task was repeated as often as it may be.
    LOST_RETRIES_EXHAUSTED,
    /// All copies of a put are gone.
    LOST_PUT,
    /// An argument that the task needs can't be made again.
    LOST_UPSTREAM,
    /// The owner died with its records.
    OWNER_DIED,
    /// The deadline passed.
    DEADLINE,
    /// No room for the value in the stores.
    OUT_OF_STORAGE,
    /// No member of the cluster can ever hold the demand.
    RESOURCES_UNAVAILABLE,
    /// The value can't be encoded or decoded.
    NOT_SERIALIZABLE,
    /// No lease, no majority, or declared dead.
    CLUSTER_UNAVAILABLE,
    /// The worker has other code than the caller.
    CODE_MISMATCH
  }

  private static final Kind[] KINDS = Kind.values();

  /// A failure without exception or cause.
  public static Failure of(Kind kind, String message) {
    return new Failure(kind, message, null, null);
  }

  /// The same kind of failure, further along: `message` names the task it now concerns. A chain at
  /// its bound is not lengthened.
  public Failure through(Kind laterKind, String laterMessage) {
    return depth() >= MAX_CHAIN ? this : new Failure(laterKind, laterMessage, null, this);
  }

  /// This failure of an argument as that of the task which needed it: a value that is lost for good
  /// is then lost upstream.
  public Failure ofArgument(String laterMessage) {
    Kind laterKind =
        switch (kind) {
          case LOST_NO_LINEAGE,
              LOST_LINEAGE_EVICTED,
              LOST_RETRIES_EXHAUSTED,
              LOST_PUT,
              LOST_UPSTREAM ->
              Kind.LOST_UPSTREAM;
          default -> kind;
        };
    return through(laterKind, laterMessage);
  }

  private int depth() {
    int depth = 1;
    for (Failure f = cause; f != null; f = f.cause) {
      depth++;
    }
    return depth;
  }

  /// Writes the whole chain.
  public void write(WireWriter out) {
    int depth = depth();
    out.writeInt(depth);
    for (Failure f = this; f != null; f = f.cause) {
      out.writeByte(java.util.Arrays.asList(KINDS).indexOf(f.kind));
      out.writeString(f.message);
      out.writeBoolean(f.exception != null);
      if (f.exception != null) {
        out.writeBytes(f.exception.bytes());
      }
    }
  }

  /// Reads what [#write] wrote.
  public static Failure read(WireReader in) {
    int depth = in.readInt();
    if (depth < 1 || depth > MAX_CHAIN) {
      throw new MalformedException("a chain of " + depth + " failures");
    }
    Failure[] chain = new Failure[depth];
    for (int i = 0; i < depth; i++) {
      int kind = in.readByte();
      if (kind >= KINDS.length) {
        throw new MalformedException("a failure of kind " + kind);
      }
      String message = in.readString();
      Payload exception = in.readBoolean() ? Payload.of(in.readBytes()) : null;
      chain[i] = new Failure(KINDS[kind], message, exception, null);
    }
    Failure failure = chain[depth - 1];
    for (int i = depth - 2; i >= 0; i--) {
      failure = new Failure(chain[i].kind, chain[i].message, chain[i].exception, failure);
    }
    return failure;
  }

  @Override
  public String toString() {
    return kind + ": " + message + (cause == null ? "" : " <- " + cause);
  }
}
