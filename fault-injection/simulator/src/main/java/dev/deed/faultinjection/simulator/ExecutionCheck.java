package dev.deed.faultinjection.simulator;

import java.util.HashMap;
import java.util.Map;

/// Invariant 8: a task is executed at most once and once more for each retry, never twice in a run
/// unless a death concerns it, and never on a worker without slots.
final class ExecutionCheck implements Check {
  private record Run(Ledger.Name task, int run) {}

  private final World world;
  private final Map<Run, Integer> executions = new HashMap<>();

  ExecutionCheck(World world) {
    this.world = world;
  }

  @Override
  public void started(Node node, Executor.Job job) {
    Ledger.Name task = new Ledger.Name(job.spec().id(), job.estate());
    Ledger.Facts facts = world.ledger.task(task).orElseThrow();
    int inRun = executions.merge(new Run(task, job.spec().run()), 1, Integer::sum);
    int inAll = facts.executions.size();
    int allowed = facts.calls * (1 + job.spec().terms().retries()) + forgotten(facts);
    if (inAll > allowed) {
      throw new ViolationException(
          "8 executions", task + " was executed " + inAll + " times, of " + allowed + " allowed");
    }
    if (inRun > facts.calls && world.log.truth().lastDeath() == 0) {
      throw new ViolationException(
          "8 executions", task + " was executed again in run " + job.spec().run() + " for no loss");
    }
    if (job.cpus() > 0 && node.config.cpus() == 0) {
      throw new ViolationException("8 executions", task + " runs on the driver " + node);
    }
  }

  /// Executions that are lost with the server of the task's estate, of which its heirs had not been
  /// told: those of all its runs, if they were so short. There are none of a task without retries:
  /// its heirs are told before it is pushed.
  private int forgotten(Ledger.Facts facts) {
    int moves = world.successions.moves(facts.estate);
    int retries = facts.spec.terms().retries();
    return moves == 0 || retries == 0 ? 0 : moves * facts.calls * (1 + retries) + facts.losses();
  }
}
