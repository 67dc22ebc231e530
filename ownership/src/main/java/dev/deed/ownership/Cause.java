package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;

/// One named reason why this worker holds a reference. A set of names, not a number: what is added
/// or removed twice changes nothing (protocol.md §2).
public sealed interface Cause {

  /// A program variable.
  record Handle(long handle) implements Cause {}

  /// An unfinished task of an estate that is served here needs the value.
  ///
  /// @param position of the argument, or below 0 among what the task captured
  record Argument(EstateId estate, TaskId task, int position) implements Cause {}

  /// A finished task of an estate that is served here would need it to run again: the record and
  /// its lineage are held, not the bytes.
  record Lineage(EstateId estate, TaskId task, int position) implements Cause {}

  /// The value of an object of an estate that is served here contains it.
  record Contained(Reference outer) implements Cause {}

  /// A message that handed it on has not been released; the number is that of its record here.
  record Sent(WorkerId to, long number) implements Cause {}

  /// A task that another worker called is queued or executing here.
  record Executing(long execution) implements Cause {}

  /// A get is being answered.
  record Reading(long request) implements Cause {}

  /// The task whose code called or put it has begun at a worker that died, and will begin again: it
  /// may want it (protocol.md §5).
  record Parent(TaskId parent) implements Cause {}

  /// What this cause needs of the object.
  default Hold hold() {
    return this instanceof Lineage ? Hold.LINEAGE : Hold.VALUE;
  }
}
