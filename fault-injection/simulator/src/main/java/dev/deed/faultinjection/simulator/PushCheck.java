package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Message;

/// Invariant 1: when a task leaves its owner, the owner's record names the worker that it goes to.
final class PushCheck implements Check {

  @Override
  public void sent(Node from, Node to, Message message) {
    if (message instanceof Message.TaskPush push) {
      Reference result = new Reference(push.spec().result(0), push.estate());
      WorkerId recorded = CoreState.executor(from, push.estate(), push.spec().id()).orElse(null);
      if (!to.id.equals(recorded)) {
        throw new ViolationException(
            "1 push", from + " pushes " + result + " to " + to + " and has recorded " + recorded);
      }
    }
  }
}
