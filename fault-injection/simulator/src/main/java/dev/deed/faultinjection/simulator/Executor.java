package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.CancelMode;
import dev.deed.ownership.Event;
import dev.deed.ownership.TaskOutcome;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Runs tasks on a worker's slots, in the order in which they were handed over; a task that blocks
/// gives its processors back meanwhile.
final class Executor {
  /// A task that was handed over and has not been reported as finished.
  record Job(long execution, TaskSpec spec, int attempt, EstateId estate, EstateId home) {
    double cpus() {
      return spec.terms().demand().amount(Demand.CPU);
    }
  }

  private final Node node;
  private final World world;
  private final Map<Long, Job> waiting = new LinkedHashMap<>();
  private final Map<Long, ProgramRun> running = new LinkedHashMap<>();
  private double used;

  Executor(Node node) {
    this.node = node;
    this.world = node.world;
  }

  void run(long execution, TaskSpec spec, int attempt, EstateId estate, EstateId home) {
    Job job = new Job(execution, spec, attempt, estate, home);
    if (running.containsKey(execution) || waiting.put(execution, job) != null) {
      throw new ViolationException("core", node + " runs execution " + execution + " twice");
    }
    node.after(2_000, this::startMore);
  }

  private void startMore() {
    Iterator<Job> jobs = waiting.values().iterator();
    while (jobs.hasNext()) {
      Job job = jobs.next();
      if (used > 0 && used + job.cpus() > node.config.cpus()) {
        return;
      }
      jobs.remove();
      used += job.cpus();
      ProgramRun program = ProgramRun.ofTask(node, job);
      running.put(job.execution, program);
      world.checks.started(node, job);
      node.after(1_000, program::begin);
    }
  }

  void cancel(long execution, CancelMode mode) {
    Job job = waiting.remove(execution);
    if (job != null) {
      world.marks.hit(Marks.Mark.CANCELLED_WAITING);
      node.after(
          5_000, () -> node.publish(new Event.Finished(execution, new TaskOutcome.Cancelled(), 0)));
      return;
    }
    ProgramRun program = running.get(execution);
    if (program != null) {
      program.cancel(mode);
    }
  }

  /// The user code of a task waits, or goes on after it.
  void blocked(Job job, boolean on) {
    used += on ? -job.cpus() : job.cpus();
    if (on) {
      node.after(1_000, this::startMore);
    }
  }

  /// The user code of a task has ended.
  void ended(Job job) {
    running.remove(job.execution);
    used -= job.cpus();
    node.after(1_000, this::startMore);
  }

  /// Whether it runs tasks of the estate.
  boolean worksFor(EstateId estate) {
    return running.values().stream().anyMatch(program -> program.isFor(estate))
        || waiting.values().stream().anyMatch(job -> job.estate.equals(estate));
  }

  /// Tasks that were handed over and have not begun.
  List<TaskSpec> waiting() {
    return waiting.values().stream().map(Job::spec).toList();
  }

  /// Whether nothing waits or runs.
  boolean quiet() {
    return waiting.isEmpty() && running.isEmpty();
  }

  void stop() {
    waiting.clear();
    running.values().forEach(ProgramRun::abandon);
    running.clear();
  }
}
