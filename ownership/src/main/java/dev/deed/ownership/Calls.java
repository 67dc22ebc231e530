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

  /// The unfinished calls of one parent.
  static final class Family {
    private final TaskId parent;
    private @Nullable TaskRecord first;

    private Family(TaskId parent) {
      this.parent = parent;
    }
  }

  private final Map<TaskId, Family> families = new HashMap<>();

  /// The family of the last call: most calls have the parent of the one before.
  private Family last = new Family(new TaskId(0, 0));

  private long made;
  private long ended;

  void add(TaskRecord task) {
    made++;
    Family family = family(task.parent);
    TaskRecord head = family.first;
    family.first = task;
    task.family = family;
    task.next = head;
    task.previous = null;
    if (head != null) {
      head.previous = task;
    }
  }

  private Family family(TaskId parent) {
    if (last.first == null || !last.parent.equals(parent)) {
      last = families.computeIfAbsent(parent, Family::new);
    }
    return last;
  }

  /// Removes a call, if it is there.
  void remove(TaskRecord task) {
    Family family = task.family;
    if (family == null) {
      return;
    }
    ended++;
    TaskRecord before = task.previous;
    TaskRecord after = task.next;
    if (before != null) {
      before.next = after;
    } else {
      family.first = after;
      if (after == null) {
        families.remove(family.parent);
      }
    }
    if (after != null) {
      after.previous = before;
    }
    task.family = null;
    task.previous = null;
    task.next = null;
  }

  /// Calls that were ever added.
  long made() {
    return made;
  }

  /// Those of them that were removed.
  long ended() {
    return ended;
  }

  /// The unfinished calls of `parent`, the latest first.
  List<TaskRecord> of(TaskId parent) {
    List<TaskRecord> calls = new ArrayList<>();
    Family family = families.get(parent);
    if (family != null) {
      for (@Nullable TaskRecord task = family.first; task != null; task = task.next) {
        calls.add(task);
      }
    }
    return calls;
  }
}
