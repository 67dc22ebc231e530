package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Effects;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Message;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.List;

/// What lies around a worker: links to others, the membership log, the stores. One implementation
/// for each backend. All methods are called by the drainer of the ring, one at a time, and must not
/// block; what comes of them arrives as an event.
interface Surroundings {

  /// Sends on the link to `to`, at the latest in [#endOfBatch].
  void send(WorkerId to, long era, Message message);

  /// Sends a message of a record log; it may be lost.
  void replicate(WorkerId to, HeirMessage message);

  /// Bytes that record logs have sent from here so far, answers included.
  long replicatedBytes();

  /// Proposes an entry to the membership log.
  void propose(Entry entry);

  /// Gives the link to `peer` up for ever.
  void closeLink(WorkerId peer);

  /// Copies a stored value here; see [dev.deed.ownership.Effects#fetch].
  void fetch(long fetch, CopyName copy, long size, long digest, List<WorkerId> holders);

  /// Removes a copy from this worker's store.
  void delete(CopyName copy);

  /// The core has noticed something that this worker has to act on.
  void noticed(Effects.Report report);

  /// All orders of a batch are given.
  ///
  /// @param more whether the batch came of nothing but what user code tells and does not wait for,
  ///   which may come many times in a row
  void endOfBatch(boolean more);
}
