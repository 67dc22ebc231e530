package dev.deed.futures.runtime;

import dev.deed.Member;
import dev.deed.ObjectId;
import dev.deed.TaskId;
import dev.deed.WorkerId;
import java.util.Map;

/// Between the names of the public API and those of the protocol. They are two types each, so that
/// a program needs no package but `dev.deed`.
final class Ids {
  private Ids() {}

  static TaskId task(dev.deed.lineage.TaskId id) {
    return new TaskId(id.high(), id.low());
  }

  static ObjectId object(dev.deed.lineage.ObjectId id) {
    return new ObjectId(task(id.task()), id.index());
  }

  static WorkerId worker(dev.deed.lineage.WorkerId id) {
    return new WorkerId(id.high(), id.low());
  }

  static dev.deed.lineage.WorkerId worker(WorkerId id) {
    return new dev.deed.lineage.WorkerId(id.high(), id.low());
  }

  static Member member(dev.deed.ownership.Member member) {
    return new Member(
        worker(member.id()),
        member.hostId(),
        member.pid(),
        Map.copyOf(member.capacity().amounts()),
        member.driver());
  }
}
