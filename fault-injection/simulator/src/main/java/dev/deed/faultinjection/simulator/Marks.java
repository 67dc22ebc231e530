package dev.deed.faultinjection.simulator;

import java.util.EnumMap;
import java.util.Map;

/// Coverage marks: rare situations that name themselves, counted over many runs, so that a test can
/// prove that the seeds reach them.
public final class Marks {

  /// The situations.
  public enum Mark {
    /// A worker that had been handed a reference and had handed it on died.
    MIDDLEMAN_DIED,
    /// A task was executed again because a value of it had gone.
    REEXECUTED_FOR_VALUE,
    /// A task of a living owner was executed again because its executor had died.
    REEXECUTED_FOR_EXECUTOR,
    /// A holder took its registration back before the owner had acknowledged it.
    REGISTRATION_OVERTAKEN,
    /// A secondary copy became the primary one.
    COPY_PROMOTED,
    /// An owner died and its objects failed at a holder.
    OWNER_DIED,
    /// A message of a dead worker came after its death had been followed.
    LATE_MESSAGE,
    /// A worker that had been declared dead was still running.
    ZOMBIE,
    /// A worker followed its own death.
    OWN_DEATH_FOLLOWED,
    /// A death came while an earlier one was not clear.
    DEATHS_OVERLAPPED,
    /// A joining worker became a member.
    JOINED_LATE,
    /// Lineage was evicted for its budget.
    LINEAGE_EVICTED,
    /// A task made another value when it was executed again.
    NONDETERMINISTIC,
    /// A task was cancelled before it had started.
    CANCELLED_WAITING,
    /// A task was cancelled while it ran.
    CANCELLED_RUNNING,
    /// An exception was retried.
    RUN_REPEATED,
    /// A value with references inside was read by a borrower.
    NESTED_READ,
    /// A fetch found no reachable copy.
    FETCH_FAILED,
    /// The bytes of a copy arrived when the worker that had sent them was gone.
    FETCHED_FROM_THE_DEAD,
    /// A task waited for a lease elsewhere while its first worker was full.
    LEASE_DENIED,
    /// A message had no room for an argument, and the executor asked for it.
    ARGUMENT_LEFT_OPEN,
    /// A worker was to make a copy of what was put with several.
    REPLICA_MADE,
    /// Another was, after a holder had died.
    REPLICA_MADE_AGAIN,
    /// It could not.
    REPLICA_DECLINED,
    /// What was put with several copies was read after the death of one that had kept it.
    REPLICATED_SURVIVED,
    /// A proposal was lost.
    PROPOSAL_LOST,
    /// A crash cut off what its victim had sent.
    SUFFIX_LOST,
    /// A message of the heirs' channel was lost.
    BATCH_LOST(true),
    /// A part of a record log came to an heir again.
    BATCH_REPEATED(true),
    /// An estate that had been inherited was given up because nothing was left in it.
    INHERITED_CLOSED(true),
    /// An estate was taken over while its former server was still running.
    TAKEOVER_WHILE_OWNER_RUNS(true),
    /// A worker died that had a reference from another borrower.
    BORROWER_OF_BORROWER_DIED(true),
    /// A message of a stream was sent again, to a successor.
    STREAM_RESENT(true),
    /// What a dead server had applied, and its heirs knew, came again to its successor.
    STREAM_REPEATED(true),
    /// A successor died before the records of what it inherited were complete.
    SUCCESSOR_DIED_IN_TAKEOVER(true),
    /// Another heir had more than the successor, which completed its image by it.
    SECOND_HEIR_COMPLETED(true),
    /// A task of an inherited estate was at work at a living worker and was joined.
    JOINED_AT_EXECUTOR(true),
    /// A successor executes itself what its predecessor had pushed to it.
    JOINED_HERE(true),
    /// A push that the heirs knew of had been lost with the server, and was pushed anew.
    PUSHED_ANEW(true),
    /// A task was at work of whose call no heir knew.
    CALL_UNKNOWN(true),
    /// An object failed at somebody who had a reference, since no heir knew its record.
    RECORD_LOST(true),
    /// The last server and all full heirs of an estate were dead.
    CLOSED_WITH_HEIRS(true),
    /// An estate was inherited from one who had inherited it.
    SUCCEEDED_TWICE(true),
    /// An heir died, and another became full in its place.
    HEIR_REPLACED(true),
    /// An heir told that something was missing.
    HEIR_GAP(true),
    /// Something waited for the heirs when the server died.
    DIED_BEFORE_HEIRS_KNEW(true),
    /// A successor answered with a value.
    VALUE_FROM_SUCCESSOR(true),
    /// A task that began again called what it had called before, in the estate of the dead worker.
    CALLED_AGAIN_AT_HOME(true),
    /// A task that began again called something else.
    DIVERGED(true),
    /// A driver ran the main of a job whose driver had died.
    JOB_RESUMED(true),
    /// It called what had ended by then.
    RESUMED_CALL_WAS_DONE(true),
    /// It called what was waiting or at work.
    RESUMED_CALL_JOINED(true),
    /// It called what was not known.
    RESUMED_CALL_MADE(true),
    /// It put a value.
    RESUMED_PUT(true),
    /// A call of it was sent again, to the successor of the job's server.
    RESUMED_CALL_RESENT(true),
    /// It did something else than an earlier run.
    MAIN_DIFFERED(true);

    private final boolean ofHeirs;

    Mark() {
      this(false);
    }

    Mark(boolean ofHeirs) {
      this.ofHeirs = ofHeirs;
    }

    /// Whether it is met only where estates have heirs.
    public boolean ofHeirs() {
      return ofHeirs;
    }
  }

  private final Map<Mark, Long> counts = new EnumMap<>(Mark.class);

  void hit(Mark mark) {
    counts.merge(mark, 1L, Long::sum);
  }

  /// How often the situation was met.
  public long count(Mark mark) {
    return counts.getOrDefault(mark, 0L);
  }

  void addAll(Marks others) {
    others.counts.forEach((mark, count) -> counts.merge(mark, count, Long::sum));
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
