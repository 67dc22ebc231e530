package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.List;

/// What a core does to the world. Each call is an order that never blocks and never calls back into
/// the core; the driver of the core (runtime, simulator or explorer) carries it out after the
/// event.
public interface Effects {

  /// Sends a message on the link to `to`, behind all earlier ones. A link to a worker whose death
  /// has been followed takes it and does nothing.
  ///
  /// @param era to travel with the message
  void send(WorkerId to, long era, Message message);

  /// Sends a message of an estate's record log to or from an heir, on a way of its own beside the
  /// links. It may be lost; the log sends again.
  void replicate(WorkerId to, HeirMessage message);

  /// Proposes an entry to the membership log. It may be lost; the core proposes again.
  void propose(Entry entry);

  /// The link to `peer` is given up for ever: its death has been followed.
  void closeLink(WorkerId peer);

  /// Runs a task: all arguments are [dev.deed.lineage.Argument.Inline], or
  /// [dev.deed.lineage.Argument.Stored] with a copy in this worker's store that is pinned. Ended by
  /// [Event.Finished].
  ///
  /// @param execution names this execution
  /// @param attempt number of the attempt; results are stored under it
  /// @param estate the estate whose server called the task
  /// @param home the estate that gets the calls and puts of the task's code; served by this worker.
  ///   Not its own when the task had begun at a worker that died: what it had called there it finds
  void run(long execution, TaskSpec spec, int attempt, EstateId estate, EstateId home);

  /// An execution is not wanted any more. One that hasn't started is not started; each is still
  /// ended by [Event.Finished].
  void cancel(long execution, CancelMode mode);

  /// Answers [Event.Get]. For [Outcome.Stored] the bytes are in this worker's store under `copy`.
  void got(long request, Reference reference, Outcome outcome);

  /// Answers [Event.Await] with the positions (in its list) of the references that are done.
  void awaited(long request, int[] done);

  /// Answers [Event.Reserve].
  void reserved(long request, boolean granted);

  /// Copies the bytes of `copy` from one of the holders into this worker's store, where room has
  /// been reserved. Ended by [Event.Fetched].
  void fetch(long fetch, CopyName copy, long size, long digest, List<WorkerId> holders);

  /// Removes a copy from this worker's store; a fetch that writes it is stopped and not reported.
  void delete(CopyName copy);

  /// Something that people should know, once each: a lineage eviction, a re-execution that made
  /// another value, an answer that broke the protocol.
  void report(Report report);

  /// The text names what happened; `kind` counts it.
  record Report(Kind kind, String text) {
    /// What was noticed.
    public enum Kind {
      /// Lineage was given up for its budget.
      LINEAGE_EVICTED,
      /// A task made another value when it was executed again.
      NONDETERMINISTIC,
      /// A message that makes no sense from that sender now; nothing was changed.
      PROTOCOL_VIOLATION,
      /// A task was executed again to re-create a value.
      REEXECUTED,
      /// Of a put there are fewer copies than it was to have.
      FEWER_COPIES,
      /// A failed object was dropped unread.
      UNREAD_FAILURE,
      /// This worker serves an estate after another.
      INHERITED,
      /// The main that runs here calls or puts something else than an earlier run of its job: it
      /// can't go on.
      MAIN_DIFFERS,
      /// This worker was declared dead.
      DECLARED_DEAD
    }
  }
}
