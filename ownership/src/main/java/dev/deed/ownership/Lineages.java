package dev.deed.ownership;

import dev.deed.lineage.Argument;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.LineageBudget;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/// Keeps the specifications of finished tasks for as long as their values may have to be made
/// again, within a budget.
final class Lineages {
  /*
   * Invariants: the lineage of a task is kept while it has retries left and a result in stores that
   * somebody holds.  While it is kept, its arguments are held as lineage: their records stay, and the
   * bytes of those that can't be made again.  The budget counts both.
   */
  private final CoreContext context;
  private final OwnershipTable table;
  private final Holders holders;
  private final LineageBudget<TaskRecord> budget;

  Lineages(CoreContext context, OwnershipTable table, Holders holders) {
    this.context = context;
    this.table = table;
    this.holders = holders;
    this.budget = new LineageBudget<>(context.config.lineageBudgetBytes());
  }

  /// A task has succeeded: its specification is kept or given up.
  void succeeded(TaskRecord task) {
    boolean needed = false;
    for (ObjectRecord result : task.returns) {
      needed |= result != null && result.state == ObjectRecord.State.STORED;
    }
    if (needed && task.retriesLeft > 0) {
      retain(task);
    } else {
      giveUp(task);
    }
  }

  private void retain(TaskRecord task) {
    TaskSpec spec = task.spec();
    forEachReference(spec, (reference, i) -> holders.hold(reference, task.lineage(i)));
    forEachReference(spec, (reference, i) -> holders.letGo(reference, task.argument(i)));
    task.retained = true;
    task.changed();
    restored(task);
  }

  /// The lineage of a task is kept, and its causes are there.
  void restored(TaskRecord task) {
    budget.retain(task, task.spec().retainedBytes(), task.durationNs);
    if (budget.exceeded()) {
      context.later(this::evict);
    }
  }

  /// A task whose lineage was kept is to be executed again: it needs its arguments by value.
  void revive(TaskRecord task) {
    TaskSpec spec = task.spec();
    forEachReference(spec, (reference, i) -> holders.hold(reference, task.argument(i)));
    dropLineageCauses(task, spec);
  }

  /// A task will not be executed again, whatever becomes of its results.
  void giveUp(TaskRecord task) {
    TaskSpec spec = task.spec;
    if (spec == null || task.state != TaskRecord.State.DONE) {
      return;
    }
    forEachReference(spec, (reference, i) -> holders.letGo(reference, task.argument(i)));
    dropLineageCauses(task, spec);
    task.giveUpSpecification();
    for (ObjectRecord result : task.returns) {
      if (result != null) {
        table.settleLater(result);
      }
    }
  }

  private void dropLineageCauses(TaskRecord task, TaskSpec spec) {
    if (task.retained) {
      task.retained = false;
      task.changed();
      budget.release(task);
      forEachReference(spec, (reference, i) -> holders.letGo(reference, task.lineage(i)));
    }
  }

  /// Visits each reference that the specification needs, with its position.
  static void forEachReference(TaskSpec spec, BiConsumer<Reference, Integer> visitor) {
    List<Reference> captured = spec.captured();
    for (int i = 0; i < captured.size(); i++) {
      visitor.accept(captured.get(i), -1 - i);
    }
    List<Argument> arguments = spec.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i) instanceof Argument.Inline inline) {
        for (Reference inner : inline.value().references()) {
          visitor.accept(inner, i);
        }
      } else {
        visitor.accept(arguments.get(i).reference(), i);
      }
    }
  }

  /// Counts the bytes of a value that only lineage of this owner keeps.
  void account(ObjectRecord record) {
    long bytes = 0;
    if (record.wanted() == Hold.LINEAGE && record.causes.hold() == Hold.LINEAGE) {
      if (record.state == ObjectRecord.State.STORED && record.stored != null) {
        bytes = record.stored.size();
      } else if (record.outcome instanceof Outcome.Inline inline) {
        bytes = inline.value().size();
      }
    }
    if (bytes == record.budgeted) {
      return;
    }
    Set<TaskRecord> tasks = new LinkedHashSet<>();
    for (Cause cause : record.causes.list()) {
      if (cause instanceof Cause.Lineage(EstateId estate, TaskId id, _)) {
        TaskRecord task = table.task(estate, id);
        if (task != null) {
          tasks.add(task);
        }
      }
    }
    budget.dropArgument(tasks, record.budgeted);
    budget.keepArgument(tasks, bytes);
    record.budgeted = bytes;
    if (budget.exceeded()) {
      context.later(this::evict);
    }
  }

  private void evict() {
    while (budget.exceeded()) {
      TaskRecord victim = budget.victim().orElse(null);
      if (victim == null) {
        return;
      }
      victim.evicted = true;
      victim.changed();
      giveUp(victim);
      context.report(
          Effects.Report.Kind.LINEAGE_EVICTED,
          "lineage of " + victim + " given up: " + budget.bytes() + " bytes were kept for lineage");
      context.later(this::evict);
      return;
    }
  }

  long bytes() {
    return budget.bytes();
  }
}
