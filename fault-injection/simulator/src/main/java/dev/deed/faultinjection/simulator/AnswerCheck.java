package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Reference;
import java.util.List;

/// Invariant 5, the bound: every question to a core has been answered when faults are over, and
/// what a wait calls done is what was asked for.
final class AnswerCheck implements Check {
  private final World world;

  AnswerCheck(World world) {
    this.world = world;
  }

  @Override
  public void awaited(Node node, List<Reference> targets, Step.Await step, int[] done) {
    int wanted = Math.min(step.count(), targets.size());
    if (done.length < wanted && step.timeoutNs() == 0) {
      throw new ViolationException(
          "5 wait", node + " was told " + done.length + " of " + wanted + " are done");
    }
    for (int position : done) {
      if (position < 0 || position >= targets.size()) {
        throw new ViolationException("5 wait", node + " was told that number " + position + " is");
      }
    }
  }

  @Override
  public void quiescent() {
    if (!world.hasMainEnded()) {
      throw new ViolationException("5 bound", "main has not ended, " + questions());
    }
    if (!world.programsEnded()) {
      throw new ViolationException("5 bound", "a task has not ended, " + questions());
    }
  }

  private String questions() {
    StringBuilder text = new StringBuilder("open questions:");
    for (Node node : world.nodes) {
      node.questions.forEach(
          (request, run) -> text.append(' ').append(node).append(' ').append(run.describe()));
    }
    return text.toString();
  }
}
