package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Effects;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Message;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.List;

/// The surroundings of a worker that is the only one: nobody to talk to.
final class Alone implements Surroundings {
  private final CopyStore store;

  Alone(CopyStore store) {
    this.store = store;
  }

  @Override
  public void send(WorkerId to, long era, Message message) {
    throw new IllegalStateException("broken invariant: a message without a receiver: " + message);
  }

  @Override
  public void replicate(WorkerId to, HeirMessage message) {
    throw new IllegalStateException("broken invariant: an heir of a worker alone: " + message);
  }

  @Override
  public long replicatedBytes() {
    return 0;
  }

  @Override
  public void propose(Entry entry) {
    throw new IllegalStateException("broken invariant: an entry without a log: " + entry);
  }

  @Override
  public void noticed(Effects.Report report) {
    // Nothing is inherited here, and no job resumed.
  }

  @Override
  public void closeLink(WorkerId peer) {
    throw new IllegalStateException("broken invariant: no such link: " + peer);
  }

  @Override
  public void fetch(long fetch, CopyName copy, long size, long digest, List<WorkerId> holders) {
    throw new IllegalStateException("broken invariant: nobody has a copy of " + copy);
  }

  @Override
  public void delete(CopyName copy) {
    store.delete(copy);
  }

  @Override
  public void endOfBatch(boolean more) {
    // All orders are carried out when they are given.
  }
}
