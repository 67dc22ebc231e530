package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.heirs.EstateImage;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.Collection;
import java.util.List;

/// Everything that can happen to a worker's core. Events are applied one at a time, in one order.
///
/// A *handle* is one program variable's worth of a reference: it is named by a number that the
/// worker gives only once. A *request* is the number by which the answer to a question is told.
public sealed interface Event {

  /// User code called a task. The references among its arguments and captured values are held by
  /// handles at this moment.
  ///
  /// @param handles a handle for each result
  /// @param home the estate that gets the call: that of [Effects#run] for the parent's execution,
  ///   else this worker's own
  record Submit(TaskSpec spec, long[] handles, EstateId home) implements Event {}

  /// User code put a value: [Outcome.Inline], or [Outcome.Stored] already sealed in this worker's
  /// store (of an edition of its own, writer this worker) in room that was reserved.
  ///
  /// @param parent the task whose code put it
  /// @param home as for [Submit]
  /// @param copies how many workers are to keep one of a stored value; 1 for this one alone
  /// @param keeping what the heirs are told of it
  record Put(
      ObjectId object,
      TaskId parent,
      Outcome outcome,
      long handle,
      TaskSpec.Origin origin,
      EstateId home,
      int copies,
      Keeping keeping)
      implements Event {
    /// Kept as the estate is.
    public Put(
        ObjectId object,
        TaskId parent,
        Outcome outcome,
        long handle,
        TaskSpec.Origin origin,
        EstateId home,
        int copies) {
      this(object, parent, outcome, handle, origin, home, copies, Keeping.ESTATE);
    }
  }

  /// References were read out of a value, or out of what a task captured, or copied from a handle:
  /// they have handles now. What they came with is still held: the execution has not been reported
  /// as finished, the read not as done, the copied handle not as dropped.
  record HandlesAdded(List<Reference> references, long[] handles) implements Event {}

  /// A handle is gone: closed, or collected.
  record HandleDropped(Reference reference, long handle) implements Event {}

  /// User code wants a value. Answered by [Effects#got]; a stored value is then in this worker's
  /// store and pinned until [ReadDone].
  record Get(long request, Reference reference) implements Event {}

  /// Nobody waits for the answer any more. After an answer it does nothing.
  record GetAbandoned(long request) implements Event {}

  /// A value that answered a get has been decoded: pins are taken back. Needed for stored values
  /// and for those with references inside; for others it does nothing.
  record ReadDone(long request) implements Event {}

  /// User code waits until `count` of the references are done. Answered by [Effects#awaited].
  record Await(long request, List<Reference> references, int count) implements Event {}

  /// The wait is over for another reason (a time-out): answered at once by [Effects#awaited] with
  /// what is done by now, unless it has been answered.
  record AwaitEnded(long request) implements Event {}

  /// User code wants the task of this object stopped.
  ///
  /// @param recursive whether its descendants end too
  record Cancel(Reference reference, CancelMode mode, boolean recursive) implements Event {}

  /// Room for a large value is wanted before it is written. Answered by [Effects#reserved].
  record Reserve(long request, long bytes) implements Event {}

  /// Room that was reserved and not used for a copy is given back.
  record ReserveReturned(long bytes) implements Event {}

  /// An execution ended. Handles that user code made in it have been told before.
  ///
  /// @param durationNs time that its user code took
  record Finished(long execution, TaskOutcome outcome, long durationNs) implements Event {}

  /// The user code of an execution blocks: its processors are free meanwhile.
  record Blocked(long execution) implements Event {}

  /// It goes on: it takes its processors again, over the limit if need be.
  record Unblocked(long execution) implements Event {}

  /// A fetch ended.
  ///
  /// @param ok whether the bytes are sealed in this worker's store
  record Fetched(long fetch, boolean ok) implements Event {}

  /// A message came over a link.
  ///
  /// @param era the last entry of the membership log that the sender had followed
  record Arrived(WorkerId from, long era, Message message) implements Event {}

  /// A message of an estate's record log came, from its server or from an heir.
  record Replicated(WorkerId from, HeirMessage message) implements Event {}

  /// What this worker serves, or is to serve, of an estate is kept in a journal on its disk as
  /// well, which is told by [Effects#replicate] and answers by [Replicated], under an id of its
  /// own.
  record JournalOpened(EstateId estate, WorkerId journal) implements Event {}

  /// The image of an estate was read from a journal: this worker serves it from the entry
  /// [Entry.Refounded] on that names it.
  ///
  /// @param main the task that had called and put what is in it; it begins again here, with the
  ///   estate as its home
  /// @param here stored values of it of which this worker has sealed copies, which take nothing of
  ///   its store's room
  record ImageRead(EstateId estate, EstateImage image, TaskId main, List<StoredObject> here)
      implements Event {}

  /// The next entry of the membership log.
  record EntryFollowed(long index, Entry entry) implements Event {}

  /// Time has passed: what is due is done.
  record Tick() implements Event {}

  /// Several events that belong together, in their order.
  record Batch(Collection<Event> events) implements Event {}
}
