package dev.deed.faultinjection.simulator;

import dev.deed.ownership.CopyName;

/// Invariants 3 and 11 at the store: no copy goes while user code reads it, and a store never holds
/// more than it may.
final class CopyCheck implements Check {

  @Override
  public void deleted(Node node, CopyName name, boolean open) {
    if (open) {
      throw new ViolationException("3 early free", node + " deletes " + name + " while it is read");
    }
  }

  @Override
  public void stored(Node node, CopyName name) {
    if (node.store.bytes() > node.config.storeBytes()) {
      throw new ViolationException(
          "11 resources", node + " stores " + node.store.bytes() + " bytes with " + name);
    }
  }
}
