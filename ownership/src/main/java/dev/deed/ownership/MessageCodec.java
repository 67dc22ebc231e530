package dev.deed.ownership;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.Value;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/// The binary form of messages. The first byte is the kind. Reading trusts nothing: it gives a
/// whole message or throws [MalformedException], and never allocates more than what it was given
/// can hold.
public final class MessageCodec {
  /// Changes when any message's form does; peers compare it when they connect.
  public static final long SCHEMA = 4;

  private static final CancelMode[] CANCEL_MODES = CancelMode.values();
  private static final Hold[] HOLDS = Hold.values();

  private MessageCodec() {}

  /// Writes one message.
  public static void write(Message message, WireWriter out) {
    switch (message) {
      case Message.LeaseRequest m -> {
        out.writeByte(1);
        out.writeLong(m.lease());
        m.demand().write(out);
        out.writeInt(m.backlog());
      }
      case Message.LeaseGrant m -> {
        out.writeByte(2);
        out.writeLong(m.lease());
        out.writeInt(m.credits());
      }
      case Message.LeaseDenied m -> {
        out.writeByte(3);
        out.writeLong(m.lease());
        out.writeBoolean(m.infeasible());
      }
      case Message.LeaseReturn m -> {
        out.writeByte(4);
        out.writeLong(m.lease());
      }
      case Message.LeaseBlocked m -> {
        out.writeByte(7);
        out.writeLong(m.lease());
        out.writeInt(m.blocked());
      }
      case Message.TaskPush m -> {
        out.writeByte(5);
        out.writeLong(m.number());
        out.writeLong(m.lease());
        m.estate().write(out);
        out.writeInt(m.attempt());
        m.spec().write(out);
        m.home().write(out);
      }
      case Message.TaskCancel m -> {
        out.writeByte(6);
        m.estate().write(out);
        m.task().write(out);
        out.writeInt(m.attempt());
        writeCancel(m.mode(), m.recursive(), out);
      }
      case Message.ToEstate m -> {
        out.writeByte(8);
        m.estate().write(out);
        out.writeLong(m.number());
        write(m.message(), out);
      }
      case Message.EstateAck m -> {
        out.writeByte(9);
        m.estate().write(out);
        out.writeLong(m.through());
      }
      case Message.ValueRequest m -> {
        out.writeByte(10);
        out.writeLong(m.request());
        m.reference().write(out);
        CopyName useless = m.useless();
        out.writeBoolean(useless != null);
        if (useless != null) {
          useless.write(out);
        }
      }
      case Message.ValueAnswer m -> {
        out.writeByte(11);
        out.writeLong(m.request());
        m.reference().write(out);
        write(m.outcome(), out);
      }
      case Message.PinCopy m -> {
        out.writeByte(12);
        m.copy().write(out);
      }
      case Message.FreeCopy m -> {
        out.writeByte(13);
        m.copy().write(out);
      }
      case Message.RollCall m -> {
        out.writeByte(14);
        RollCallCodec.write(m, out);
      }
      case Message.MakeCopy m -> {
        out.writeByte(16);
        m.reference().write(out);
        m.value().write(out);
        WorkerId.writeAll(m.holders(), out);
      }
      case Message.MainDiffers m -> {
        out.writeByte(15);
        m.estate().write(out);
        out.writeString(m.how());
      }
    }
  }

  /// Reads one message.
  public static Message read(WireReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case 1 -> new Message.LeaseRequest(in.readLong(), Demand.read(in), in.readInt());
      case 2 -> new Message.LeaseGrant(in.readLong(), in.readInt());
      case 3 -> new Message.LeaseDenied(in.readLong(), in.readBoolean());
      case 4 -> new Message.LeaseReturn(in.readLong());
      case 5 ->
          new Message.TaskPush(
              in.readLong(),
              in.readLong(),
              EstateId.read(in),
              in.readInt(),
              TaskSpec.read(in),
              EstateId.read(in));
      case 6 ->
          new Message.TaskCancel(
              EstateId.read(in),
              TaskId.read(in),
              in.readInt(),
              readCancelMode(in),
              in.readBoolean());
      case 7 -> new Message.LeaseBlocked(in.readLong(), in.readInt());
      case 8 -> new Message.ToEstate(EstateId.read(in), in.readLong(), readEstateMessage(in));
      case 9 -> new Message.EstateAck(EstateId.read(in), in.readLong());
      case 10 ->
          new Message.ValueRequest(
              in.readLong(), Reference.read(in), in.readBoolean() ? CopyName.read(in) : null);
      case 11 -> new Message.ValueAnswer(in.readLong(), Reference.read(in), readOutcome(in));
      case 12 -> new Message.PinCopy(CopyName.read(in));
      case 13 -> new Message.FreeCopy(CopyName.read(in));
      case 14 -> RollCallCodec.read(in);
      case 15 -> new Message.MainDiffers(EstateId.read(in), in.readString());
      case 16 ->
          new Message.MakeCopy(Reference.read(in), StoredValue.read(in), WorkerId.readAll(in));
      default -> throw new MalformedException("a message of kind " + kind);
    };
  }

  private static void write(Message.EstateMessage message, WireWriter out) {
    switch (message) {
      case Message.EstateMessage.Registration m -> {
        out.writeByte(1);
        m.object().write(out);
        write(m.hold(), out);
      }
      case Message.EstateMessage.ReleaseKeeping m -> {
        out.writeByte(2);
        out.writeLong(m.number());
        writeKept(m.kept(), out);
      }
      case Message.EstateMessage.Located m -> {
        out.writeByte(3);
        m.object().write(out);
        m.value().write(out);
        out.writeBoolean(m.primary());
      }
      case Message.EstateMessage.Unlocated m -> {
        out.writeByte(4);
        m.object().write(out);
        out.writeLong(m.edition());
        m.writer().write(out);
      }
      case Message.EstateMessage.CancelObject m -> {
        out.writeByte(5);
        m.object().write(out);
        writeCancel(m.mode(), m.recursive(), out);
      }
      case Message.EstateMessage.TaskReply m -> {
        out.writeByte(6);
        out.writeLong(m.number());
        m.task().write(out);
        out.writeInt(m.attempt());
        write(m.outcome(), out);
        out.writeLong(m.released());
        writeKept(m.kept(), out);
        out.writeLong(m.durationNs());
      }
      case Message.EstateMessage.Unsettled m -> {
        out.writeByte(7);
        m.parent().write(out);
        m.owner().write(out);
      }
      case Message.EstateMessage.Settled m -> {
        out.writeByte(8);
        m.parent().write(out);
      }
      case Message.EstateMessage.Settling m -> {
        out.writeByte(9);
        m.parent().write(out);
        m.home().write(out);
      }
      case Message.EstateMessage.Call m -> {
        out.writeByte(10);
        out.writeLong(m.number());
        m.spec().write(out);
      }
      case Message.EstateMessage.Declined m -> {
        out.writeByte(12);
        m.object().write(out);
        out.writeLong(m.edition());
        m.writer().write(out);
        out.writeBoolean(m.full());
      }
      case Message.EstateMessage.PutValue m -> {
        out.writeByte(11);
        out.writeLong(m.number());
        m.object().write(out);
        m.parent().write(out);
        write(m.outcome(), out);
        out.writeString(m.origin().name());
        out.writeString(m.origin().site());
        out.writeInt(m.copies());
      }
    }
  }

  private static Message.EstateMessage readEstateMessage(WireReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case 1 -> new Message.EstateMessage.Registration(ObjectId.read(in), readHold(in));
      case 2 -> new Message.EstateMessage.ReleaseKeeping(in.readLong(), readKept(in));
      case 3 ->
          new Message.EstateMessage.Located(
              ObjectId.read(in), StoredValue.read(in), in.readBoolean());
      case 4 ->
          new Message.EstateMessage.Unlocated(ObjectId.read(in), in.readLong(), WorkerId.read(in));
      case 5 ->
          new Message.EstateMessage.CancelObject(
              ObjectId.read(in), readCancelMode(in), in.readBoolean());
      case 6 ->
          new Message.EstateMessage.TaskReply(
              in.readLong(),
              TaskId.read(in),
              in.readInt(),
              readTaskOutcome(in),
              in.readLong(),
              readKept(in),
              in.readLong());
      case 7 -> new Message.EstateMessage.Unsettled(TaskId.read(in), EstateId.read(in));
      case 8 -> new Message.EstateMessage.Settled(TaskId.read(in));
      case 9 -> new Message.EstateMessage.Settling(TaskId.read(in), EstateId.read(in));
      case 10 -> new Message.EstateMessage.Call(in.readLong(), TaskSpec.read(in));
      case 11 ->
          new Message.EstateMessage.PutValue(
              in.readLong(),
              ObjectId.read(in),
              TaskId.read(in),
              readOutcome(in),
              new TaskSpec.Origin(in.readString(), in.readString()),
              readCopies(in));
      case 12 ->
          new Message.EstateMessage.Declined(
              ObjectId.read(in), in.readLong(), WorkerId.read(in), in.readBoolean());
      default -> throw new MalformedException("a message to an estate of kind " + kind);
    };
  }

  private static void writeKept(List<Message.Kept> kept, WireWriter out) {
    out.writeInt(kept.size());
    for (Message.Kept keep : kept) {
      keep.object().write(out);
      write(keep.hold(), out);
    }
  }

  private static List<Message.Kept> readKept(WireReader in) {
    int count = in.readCount(18);
    if (count == 0) {
      return List.of();
    }
    List<Message.Kept> kept = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      kept.add(new Message.Kept(ObjectId.read(in), readHold(in)));
    }
    return kept;
  }

  private static void write(TaskOutcome outcome, WireWriter out) {
    switch (outcome) {
      case TaskOutcome.Returned(List<Outcome> results) -> {
        out.writeByte(1);
        out.writeInt(results.size());
        for (Outcome result : results) {
          write(result, out);
        }
      }
      case TaskOutcome.Threw(Failure failure, boolean retriable) -> {
        out.writeByte(2);
        failure.write(out);
        out.writeBoolean(retriable);
      }
      case TaskOutcome.Cancelled _ -> out.writeByte(3);
      case TaskOutcome.Diverged _ -> out.writeByte(4);
    }
  }

  private static TaskOutcome readTaskOutcome(WireReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case 1 -> {
        int count = in.readCount(2);
        List<Outcome> results = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          results.add(readOutcome(in));
        }
        yield new TaskOutcome.Returned(results);
      }
      case 2 -> new TaskOutcome.Threw(Failure.read(in), in.readBoolean());
      case 3 -> new TaskOutcome.Cancelled();
      case 4 -> new TaskOutcome.Diverged();
      default -> throw new MalformedException("an end of a task of kind " + kind);
    };
  }

  static void write(Outcome outcome, WireWriter out) {
    switch (outcome) {
      case Outcome.Inline(Value value) -> {
        out.writeByte(1);
        value.write(out);
      }
      case Outcome.Stored(StoredValue value, List<WorkerId> holders) -> {
        out.writeByte(2);
        value.write(out);
        WorkerId.writeAll(holders, out);
      }
      case Outcome.Failed(Failure failure) -> {
        out.writeByte(3);
        failure.write(out);
      }
    }
  }

  static Outcome readOutcome(WireReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case 1 -> new Outcome.Inline(Value.read(in));
      case 2 -> {
        StoredValue value = StoredValue.read(in);
        yield new Outcome.Stored(value, WorkerId.readAll(in));
      }
      case 3 -> new Outcome.Failed(Failure.read(in));
      default -> throw new MalformedException("an outcome of kind " + kind);
    };
  }

  /// How many copies of a put there are to be.
  static int readCopies(WireReader in) {
    int copies = in.readInt();
    if (copies < 1) {
      throw new MalformedException("a put with " + copies + " copies");
    }
    return copies;
  }

  private static void writeCancel(CancelMode mode, boolean recursive, WireWriter out) {
    out.writeByte(mode == CancelMode.INTERRUPT ? 0 : 1);
    out.writeBoolean(recursive);
  }

  private static CancelMode readCancelMode(WireReader in) {
    int code = in.readByte();
    if (code >= CANCEL_MODES.length) {
      throw new MalformedException("a way to cancel of kind " + code);
    }
    return CANCEL_MODES[code];
  }

  static void write(Hold hold, WireWriter out) {
    out.writeByte(code(hold));
  }

  private static int code(Hold hold) {
    return switch (hold) {
      case NONE -> 0;
      case LINEAGE -> 1;
      case VALUE -> 2;
    };
  }

  static Hold readHold(WireReader in) {
    int code = in.readByte();
    if (code >= HOLDS.length) {
      throw new MalformedException("a hold of kind " + code);
    }
    return HOLDS[code];
  }
}
