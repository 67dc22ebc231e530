package dev.deed.ownership;

import dev.deed.lineage.TaskId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The unfinished calls of each parent, linked through their records so that a call costs no memory
/// of its own here.
final class Calls {
  private final Map<TaskId, TaskRecord> first = new HashMap<>();

  void add(TaskRecord task) {
    TaskRecord head = first.put(task.parent, task);
    task.next = head;
    task.previous = null;
    if (head != null) {
      head.previous = task;
    }
  }

  /// Removes a call, if it is there.
  void remove(TaskRecord task) {
    TaskRecord before = task.previous;
    TaskRecord after = task.next;
    if (before != null) {
      before.next = after;
    } else if (first.get(task.parent) == task) {
      if (after == null) {
        first.remove(task.parent);
      } else {
        first.put(task.parent, after);
      }
    }
    if (after != null) {
      after.previous = before;
    }
    task.previous = null;
    task.next = null;
  }

  /// The unfinished calls of `parent`, the latest first.
  List<TaskRecord> of(TaskId parent) {
    List<TaskRecord> calls = new ArrayList<>();
    for (@Nullable TaskRecord task = first.get(parent); task != null; task = task.next) {
      calls.add(task);
    }
    return calls;
  }
}
