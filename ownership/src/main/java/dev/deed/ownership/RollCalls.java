package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.ownership.heirs.Beyond;
import dev.deed.ownership.heirs.EstateImage;
import java.util.ArrayList;
import java.util.List;

/// What this worker has to do with an estate whose server died (protocol.md §6.4).
final class RollCalls {
  private final Executions executions;
  private final StoreIndex store;
  private final Holders holders;
  private final Images images;

  RollCalls(Executions executions, StoreIndex store, Holders holders, Images images) {
    this.executions = executions;
    this.store = store;
    this.holders = holders;
    this.images = images;
  }

  /// The answer for the one who serves the estate after death entry `death`.
  Message.RollCall of(EstateId estate, long death) {
    List<Message.RollCall.AtWork> tasks = new ArrayList<>();
    for (Execution execution : executions.open()) {
      if (execution.task == null && execution.estate.equals(estate)) {
        tasks.add(new Message.RollCall.AtWork(execution.spec.id(), execution.attempt));
      }
    }
    List<Message.RollCall.Copy> copies = new ArrayList<>();
    for (StoreIndex.Copy copy : store.copies()) {
      if (!copy.doomed && copy.name.reference().estate().equals(estate)) {
        copies.add(
            new Message.RollCall.Copy(copy.name.reference().object(), copy.value, copy.primary));
      }
    }
    EstateImage image = images.of(estate);
    return new Message.RollCall(
        estate,
        death,
        tasks,
        copies,
        holders.unreleased(estate.creator()),
        image == null ? Beyond.NONE : image.beyond());
  }
}
