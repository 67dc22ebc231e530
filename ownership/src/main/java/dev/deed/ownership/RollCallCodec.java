package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.heirs.Beyond;
import java.util.ArrayList;
import java.util.List;

/// The binary form of a roll call.
final class RollCallCodec {
  private RollCallCodec() {}

  static void write(Message.RollCall call, WireWriter out) {
    call.estate().write(out);
    out.writeLong(call.death());
    out.writeInt(call.tasks().size());
    for (Message.RollCall.AtWork task : call.tasks()) {
      task.task().write(out);
      out.writeInt(task.attempt());
    }
    out.writeInt(call.copies().size());
    for (Message.RollCall.Copy copy : call.copies()) {
      copy.object().write(out);
      copy.value().write(out);
      out.writeBoolean(copy.primary());
    }
    out.writeInt(call.unreleased().size());
    for (long message : call.unreleased()) {
      out.writeLong(message);
    }
    call.beyond().write(out);
  }

  static Message.RollCall read(WireReader in) {
    EstateId estate = EstateId.read(in);
    long death = in.readLong();
    int count = in.readCount(17);
    List<Message.RollCall.AtWork> tasks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tasks.add(new Message.RollCall.AtWork(TaskId.read(in), in.readInt()));
    }
    count = in.readCount(44);
    List<Message.RollCall.Copy> copies = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      copies.add(
          new Message.RollCall.Copy(ObjectId.read(in), StoredValue.read(in), in.readBoolean()));
    }
    count = in.readCount(1);
    List<Long> unreleased = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      unreleased.add(in.readLong());
    }
    return new Message.RollCall(estate, death, tasks, copies, unreleased, Beyond.read(in));
  }
}
