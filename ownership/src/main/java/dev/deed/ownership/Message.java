package dev.deed.ownership;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.heirs.Beyond;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What workers say to each other. Messages between two workers arrive in the order in which they
/// were sent, once each, until the death of either is followed (protocol.md §2).
///
/// A message that hands references on has a *number*, given once by its sender: the sender keeps it
/// as a cause of each reference in it until the receiver **releases** the number (protocol.md
/// §6.1). Number 0 is a message without references, which needs no release.
public sealed interface Message {

  // --- leases and tasks -------------------------------------------------------------------------

  /// The owner asks for the right to keep tasks of this demand in flight at the receiver.
  record LeaseRequest(long lease, Demand demand, int backlog) implements Message {}

  /// Up to `credits` tasks may be in flight under the lease.
  record LeaseGrant(long lease, int credits) implements Message {}

  /// The lease is not given, or no longer.
  ///
  /// @param infeasible whether the receiver can never hold the demand
  record LeaseDenied(long lease, boolean infeasible) implements Message {}

  /// So many of the tasks under the lease are blocked: as many more may be in flight.
  record LeaseBlocked(long lease, int blocked) implements Message {}

  /// The lease is given back, with nothing in flight under it.
  record LeaseReturn(long lease) implements Message {}

  /// A task is to be executed. Recorded by its owner before it was sent.
  ///
  /// @param estate the estate whose server owns the task
  /// @param home the estate for the calls of its code, served by the receiver
  record TaskPush(
      long number, long lease, EstateId estate, int attempt, TaskSpec spec, EstateId home)
      implements Message {}

  /// The task is not wanted any more.
  ///
  /// @param recursive whether the calls that it made end too
  record TaskCancel(EstateId estate, TaskId task, int attempt, CancelMode mode, boolean recursive)
      implements Message {}

  /// An object of the receiver's estate that the sender goes on holding after a release.
  record Kept(ObjectId object, Hold hold) {}

  // --- references -------------------------------------------------------------------------------

  /// A message of the sender's stream to an estate (protocol.md §2): applied once, in order of
  /// `number`, acknowledged when it is applied and held by all full heirs.
  record ToEstate(EstateId estate, long number, EstateMessage message) implements Message {}

  /// All messages of the receiver's stream to `estate` up to `through` are applied.
  record EstateAck(EstateId estate, long through) implements Message {}

  // --- succession -------------------------------------------------------------------------------

  /// What the sender has to do with an estate whose server died, for the one that serves it from
  /// here on: sent when the death is followed, behind what of the sender's stream is sent again
  /// (protocol.md §6.4).
  ///
  /// @param death index of the death's entry
  /// @param tasks the estate's tasks that are queued or executing at the sender
  /// @param copies sealed copies of the estate's values in the sender's store
  /// @param unreleased messages of the estate's creator that the sender has and has not released
  /// @param beyond what the sender, if it is an heir, has that not all full heirs have
  record RollCall(
      EstateId estate,
      long death,
      List<AtWork> tasks,
      List<Copy> copies,
      List<Long> unreleased,
      Beyond beyond)
      implements Message {
    /// A task that is queued or executing.
    public record AtWork(TaskId task, int attempt) {}

    /// A sealed copy.
    public record Copy(ObjectId object, StoredValue value, boolean primary) {}
  }

  // --- resumed jobs -----------------------------------------------------------------------------

  /// Main makes another call, or puts another value, than an earlier run of the job did under the
  /// same name. The receiver is the job's driver.
  ///
  /// @param how what was called or put then and now, for people
  record MainDiffers(EstateId estate, String how) implements Message {}

  // --- values -----------------------------------------------------------------------------------

  /// A holder asks for the value of an object. Answered when it is there, or will never be.
  ///
  /// @param useless a copy that the asker could not get, so that another is wanted; null at first
  record ValueRequest(long request, Reference reference, @Nullable CopyName useless)
      implements Message {}

  /// Answers a [ValueRequest]. References inside the value are covered by the asker's hold on it.
  record ValueAnswer(long request, Reference reference, Outcome outcome) implements Message {}

  /// The copy is to be kept from now on until it is freed. Answered by [EstateMessage.Located] or
  /// [EstateMessage.Unlocated].
  record PinCopy(CopyName copy) implements Message {}

  /// The receiver is to get a copy of the value from one of the holders, and to keep it until it is
  /// freed. Answered by [EstateMessage.Located] or [EstateMessage.Declined].
  record MakeCopy(Reference reference, StoredValue value, List<WorkerId> holders)
      implements Message {}

  /// The copy is not needed any more: the holder deletes it.
  record FreeCopy(CopyName copy) implements Message {}

  /// What a stream to an estate carries.
  sealed interface EstateMessage {
    /// The number of the message for the references that it hands on; 0 for one that hands on none.
    default long handing() {
      return switch (this) {
        case TaskReply reply -> reply.number;
        case Call call -> call.number;
        case PutValue put -> put.number;
        default -> 0;
      };
    }

    /// The same without a number: the references in it need no release.
    default EstateMessage handingNone() {
      return switch (this) {
        case TaskReply m ->
            new TaskReply(0, m.task, m.attempt, m.outcome, m.released, m.kept, m.durationNs);
        case Call m -> new Call(0, m.spec);
        case PutValue m -> new PutValue(0, m.object, m.parent, m.outcome, m.origin, m.copies);
        default -> this;
      };
    }

    /// The sender holds the object from now on, in this way. `NONE` takes it back.
    record Registration(ObjectId object, Hold hold) implements EstateMessage {}

    /// An execution has ended. It never waits for registrations.
    ///
    /// @param number of this message, for the references inside the results
    /// @param attempt the attempt that ended; another one's results are not accepted
    /// @param released number of the push when its references are released at once, else 0
    /// @param kept with `released`: objects of the estate that the executor still holds
    /// @param durationNs time that the user code took
    record TaskReply(
        long number,
        TaskId task,
        int attempt,
        TaskOutcome outcome,
        long released,
        List<Kept> kept,
        long durationNs)
        implements EstateMessage {}

    /// The sender runs the main of the estate's job, and that calls a task. From here on the sender
    /// holds the results (protocol.md §5).
    ///
    /// @param number of this message, for what the specification carries
    record Call(long number, TaskSpec spec) implements EstateMessage {}

    /// Main puts a value; the sender holds it from here on. Of a stored one the sender has a sealed
    /// copy.
    ///
    /// @param number of this message, for the references inside the value
    /// @param parent the task that main is
    /// @param copies as in [Event.Put]
    record PutValue(
        long number,
        ObjectId object,
        TaskId parent,
        Outcome outcome,
        TaskSpec.Origin origin,
        int copies)
        implements EstateMessage {}

    /// A holder wants the task of this object stopped.
    record CancelObject(ObjectId object, CancelMode mode, boolean recursive)
        implements EstateMessage {}

    /// Releases a message that the creator of the estate had sent; `kept` are registrations.
    record ReleaseKeeping(long number, List<Kept> kept) implements EstateMessage {}

    /// The sender has a sealed copy.
    ///
    /// @param primary whether it keeps the copy until it is told to free it
    record Located(ObjectId object, StoredValue value, boolean primary) implements EstateMessage {}

    /// The calls and puts of a task of `owner`, whose server is the sender, are to be kept: it had
    /// begun at the estate's creator, and will begin again (protocol.md §5).
    record Unsettled(TaskId parent, EstateId owner) implements EstateMessage {}

    /// The task has ended: what its code had called and put is not kept for it any more.
    record Settled(TaskId parent) implements EstateMessage {}

    /// The estate `home`, whose server is the sender, keeps the calls of this task. Answered by
    /// [Settled] when the task has ended, or is not known.
    record Settling(TaskId parent, EstateId home) implements EstateMessage {}

    /// The sender has no copy of that name (any more).
    record Unlocated(ObjectId object, long edition, WorkerId writer) implements EstateMessage {}

    /// The sender was asked to make a copy of that name, and has none.
    ///
    /// @param full whether its store has no room for it; else it could not get the bytes
    record Declined(ObjectId object, long edition, WorkerId writer, boolean full)
        implements EstateMessage {}
  }
}
