package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One record of an estate as its heirs keep it: a state, not a change (protocol.md §3).
///
/// What follows from other records of the same estate is left out: the causes that tasks, values
/// and messages are. So is what only the server's user code held: it dies with the server.
sealed interface EstateRecord {
  List<TaskRecord.State> TASK_STATES =
      List.of(
          TaskRecord.State.WAITING,
          TaskRecord.State.READY,
          TaskRecord.State.PUSHED,
          TaskRecord.State.DONE);

  List<ObjectRecord.State> OBJECT_STATES =
      List.of(
          ObjectRecord.State.PENDING,
          ObjectRecord.State.INLINE,
          ObjectRecord.State.STORED,
          ObjectRecord.State.FAILED,
          ObjectRecord.State.RELEASED);

  /// The call of a task: written once, and again when an argument was filled in or a run ended.
  record Specification(TaskSpec spec) implements EstateRecord {}

  /// How far the task is whose specification has the key before this one.
  ///
  /// @param executor recorded before the push; null while there is none
  /// @param home the estate for the calls of its code, chosen with its first executor; null before
  /// @param named the task, where a result of it is in stores: so who keeps copies of stored values
  ///   needs no other record to know what they are called. Else null
  /// @param results those that are live
  record Progress(
      TaskRecord.State state,
      int attempt,
      int retriesLeft,
      long durationNs,
      boolean retained,
      boolean evicted,
      @Nullable WorkerId executor,
      @Nullable EstateId home,
      @Nullable TaskId named,
      List<Result> results)
      implements EstateRecord {
    private void writeParts(WireWriter out) {
      out.writeByte(
          bit(named != null, 7)
              | code(state) << 5
              | bit(atHome(), 4)
              | bit(home != null && !atHome(), 3)
              | bit(retained, 2)
              | bit(evicted, 1)
              | bit(executor != null, 0));
      out.writeInt(attempt);
      out.writeInt(retriesLeft);
      out.writeLong(durationNs);
      if (executor != null) {
        executor.write(out);
      }
      if (home != null && !atHome()) {
        home.write(out);
      }
      if (named != null) {
        named.write(out);
      }
      out.writeInt(results.size());
      for (Result result : results) {
        out.writeInt(result.index);
        result.object.write(out);
      }
    }

    /// Whether the home is the executor's own estate, as it mostly is.
    private boolean atHome() {
      return home != null && home.creator().equals(executor);
    }

    private static Progress readParts(WireReader in) {
      int flags = in.readByte();
      TaskRecord.State state = at(TASK_STATES, flags >> 5 & 3);
      int attempt = in.readInt();
      int retriesLeft = in.readInt();
      long durationNs = in.readLong();
      WorkerId executor = (flags & 1) != 0 ? WorkerId.read(in) : null;
      EstateId home = (flags & 8) != 0 ? EstateId.read(in) : null;
      if ((flags & 16) != 0) {
        if (executor == null) {
          throw new MalformedException("a task at home without an executor");
        }
        home = new EstateId(executor);
      }
      TaskId named = (flags & 128) != 0 ? TaskId.read(in) : null;
      int count = in.readCount(11);
      List<Result> results = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        results.add(new Result(in.readInt(), ObjectState.read(in)));
      }
      return new Progress(
          state,
          attempt,
          retriesLeft,
          durationNs,
          (flags & 4) != 0,
          (flags & 2) != 0,
          executor,
          home,
          named,
          results);
    }
  }

  /// A finished task whose specification has been given up.
  ///
  /// @param returns how many results it had
  /// @param fingerprint of the specification
  record Ended(
      TaskId id,
      TaskId parent,
      TaskSpec.Origin origin,
      int retries,
      int returns,
      long fingerprint,
      Progress progress)
      implements EstateRecord {
    private void writeParts(WireWriter out) {
      id.write(out);
      parent.write(out);
      writeOrigin(origin, out);
      out.writeInt(retries);
      out.writeInt(returns);
      out.writeFixedLong(fingerprint);
      progress.writeParts(out);
    }

    private static Ended readParts(WireReader in) {
      TaskId id = TaskId.read(in);
      TaskId parent = TaskId.read(in);
      TaskSpec.Origin origin = readOrigin(in);
      int retries = in.readInt();
      int returns = in.readInt();
      if (returns < 1 || returns > TaskSpec.MAX_RETURNS) {
        throw new MalformedException("a task of " + returns + " results");
      }
      return new Ended(
          id, parent, origin, retries, returns, in.readFixedLong(), Progress.readParts(in));
    }
  }

  /// A live result of a task.
  record Result(int index, ObjectState object) {}

  /// An object without a task.
  ///
  /// @param parent the task that put it; null for one of which nothing is known but that it is
  ///   wanted
  /// @param copies how many workers are to keep one of a stored value
  /// @param made whether there have been as many, or as could be: readers may have the value
  record Put(
      ObjectId id,
      @Nullable TaskId parent,
      TaskSpec.Origin origin,
      ObjectState object,
      int copies,
      boolean made)
      implements EstateRecord {}

  /// A task whose calls and puts are kept.
  record Kept(TaskId parent, EstateId owner) implements EstateRecord {}

  /// A message of the estate's creator that handed references on and is not released.
  record Given(WorkerId to, long message, List<Reference> references) implements EstateRecord {}

  /// How far the stream of a sender is applied.
  record Applied(WorkerId sender, long through) implements EstateRecord {}

  /// Where an object's value is, and who holds it.
  ///
  /// @param outcome the value or the failure, or, for STORED, the copy and where it is; null while
  ///   there is none
  record ObjectState(
      ObjectRecord.State state,
      @Nullable Outcome outcome,
      long digest,
      Map<WorkerId, Hold> holders) {

    private void write(WireWriter out) {
      out.writeByte(code(state));
      if (outcome != null) {
        MessageCodec.write(outcome, out);
      }
      out.writeFixedLong(digest);
      out.writeInt(holders.size());
      holders.forEach((holder, hold) -> {
        holder.write(out);
        MessageCodec.write(hold, out);
      });
    }

    private static ObjectState read(WireReader in) {
      ObjectRecord.State state = at(OBJECT_STATES, in.readByte());
      Outcome outcome =
          switch (state) {
            case INLINE, STORED, FAILED -> MessageCodec.readOutcome(in);
            case PENDING, RELEASED -> null;
          };
      if (outcome != null && !fits(state, outcome)) {
        throw new MalformedException("an object " + state + " with " + outcome.getClass());
      }
      long digest = in.readFixedLong();
      int count = in.readCount(17);
      Map<WorkerId, Hold> holders = new LinkedHashMap<>();
      for (int i = 0; i < count; i++) {
        holders.put(WorkerId.read(in), MessageCodec.readHold(in));
      }
      return new ObjectState(state, outcome, digest, holders);
    }

    private static boolean fits(ObjectRecord.State state, Outcome outcome) {
      return switch (outcome) {
        case Outcome.Inline _ -> state == ObjectRecord.State.INLINE;
        case Outcome.Stored _ -> state == ObjectRecord.State.STORED;
        case Outcome.Failed _ -> state == ObjectRecord.State.FAILED;
      };
    }
  }

  private static int bit(boolean flag, int position) {
    return flag ? 1 << position : 0;
  }

  private static int code(TaskRecord.State state) {
    return TASK_STATES.indexOf(state);
  }

  private static int code(ObjectRecord.State state) {
    return OBJECT_STATES.indexOf(state);
  }

  private static <T> T at(List<T> all, int code) {
    if (code >= all.size()) {
      throw new MalformedException("a state of number " + code);
    }
    return all.get(code);
  }

  /// A record as it is now; its specification, if it has one, is told apart.
  static EstateRecord of(Logged record) {
    return switch (record) {
      case TaskRecord task -> of(task);
      case ObjectRecord object -> put(object);
      case Give give -> new Given(give.to(), give.message(), give.references());
      case Family family -> new Kept(family.parent(), family.owner());
      case Incoming stream -> new Applied(stream.sender, stream.applied);
    };
  }

  private static EstateRecord of(TaskRecord task) {
    List<Result> results = new ArrayList<>(task.liveReturns);
    boolean stored = false;
    for (int i = 0; i < task.returns.length; i++) {
      ObjectRecord result = task.returns[i];
      if (result != null && result.creator == task && result.live()) {
        results.add(new Result(i, of(result)));
        stored |= result.state == ObjectRecord.State.STORED;
      }
    }
    // Whether a task waits for arguments or for a place is of no use to a successor, nor where one
    // was that has ended.
    boolean pushed = task.state == TaskRecord.State.PUSHED;
    boolean ready = task.state == TaskRecord.State.READY;
    Progress progress =
        new Progress(
            ready ? TaskRecord.State.WAITING : task.state,
            task.attempt,
            task.retriesLeft,
            task.durationNs,
            task.retained,
            task.evicted,
            pushed ? task.executor : null,
            task.home,
            stored && task.spec != null ? task.id : null,
            results);
    return task.spec != null
        ? progress
        : new Ended(
            task.id,
            task.parent,
            task.origin,
            task.retries,
            task.returns.length,
            task.fingerprint(),
            progress);
  }

  private static Put put(ObjectRecord object) {
    Replication copies = object.replication;
    return new Put(
        object.id,
        object.parent,
        object.origin,
        of(object),
        copies == null ? 1 : copies.wanted,
        copies == null || copies.made);
  }

  private static ObjectState of(ObjectRecord object) {
    Outcome outcome =
        object.state == ObjectRecord.State.STORED && object.stored != null
            ? new Outcome.Stored(object.stored, object.locations())
            : object.outcome;
    return new ObjectState(object.state, outcome, object.digest, object.holders());
  }

  /// Writes the kind and its parts.
  default void write(WireWriter out) {
    switch (this) {
      case Specification(TaskSpec spec) -> {
        out.writeByte(1);
        spec.write(out);
      }
      case Progress p -> {
        out.writeByte(2);
        p.writeParts(out);
      }
      case Put put -> {
        out.writeByte(3);
        put.id.write(out);
        out.writeBoolean(put.parent != null);
        if (put.parent != null) {
          put.parent.write(out);
        }
        writeOrigin(put.origin, out);
        put.object.write(out);
        out.writeInt(put.copies);
        out.writeBoolean(put.made);
      }
      case Given(WorkerId to, long message, List<Reference> references) -> {
        out.writeByte(4);
        to.write(out);
        out.writeLong(message);
        Reference.writeAll(references, out);
      }
      case Applied(WorkerId sender, long through) -> {
        out.writeByte(5);
        sender.write(out);
        out.writeLong(through);
      }
      case Kept(TaskId parent, EstateId owner) -> {
        out.writeByte(7);
        parent.write(out);
        owner.write(out);
      }
      case Ended e -> {
        out.writeByte(6);
        e.writeParts(out);
      }
    }
  }

  private static void writeOrigin(TaskSpec.Origin origin, WireWriter out) {
    out.writeString(origin.name());
    out.writeString(origin.site());
  }

  private static TaskSpec.Origin readOrigin(WireReader in) {
    return new TaskSpec.Origin(in.readString(), in.readString());
  }

  /// Whether there may be states of objects in a record, told without reading it.
  static boolean mayHaveObjects(byte[] record) {
    return record.length > 0 && (record[0] == 2 || record[0] == 3 || record[0] == 6);
  }

  /// Reads what [#write] wrote.
  static EstateRecord read(WireReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case 1 -> new Specification(TaskSpec.read(in));
      case 2 -> Progress.readParts(in);
      case 3 ->
          new Put(
              ObjectId.read(in),
              in.readBoolean() ? TaskId.read(in) : null,
              readOrigin(in),
              ObjectState.read(in),
              MessageCodec.readCopies(in),
              in.readBoolean());
      case 4 -> new Given(WorkerId.read(in), in.readLong(), Reference.readAll(in));
      case 5 -> new Applied(WorkerId.read(in), in.readLong());
      case 6 -> Ended.readParts(in);
      case 7 -> new Kept(TaskId.read(in), EstateId.read(in));
      default -> throw new MalformedException("a record of an estate of kind " + kind);
    };
  }
}
