package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.View;
import org.jgroups.protocols.raft.InternalCommand;
import org.jgroups.protocols.raft.RaftLeaderException;
import org.jgroups.protocols.raft.Role;
import org.jgroups.raft.util.CommitTable;
import org.jgroups.raft.util.Utils;
import org.jgroups.util.Util;
import org.jspecify.annotations.Nullable;

/// An ordered log of opaque entries, replicated among a few voters by jgroups-raft over a JGroups
/// channel of their own (protocol.md §4). The log lives in memory; a voter that restarts is a new
/// voter.
///
/// Entries that equal [Config#neutral] are compacted away; the others stay as long as the log.
/// Thread-safe.
public final class ReplicatedLog implements AutoCloseable {
  /*
   * State: jgroups-raft's.  `leaderships` counts changes of this voter's role, so that a `leadership(true)`
   * that was overtaken is not told.
   *
   * Leading: a voter that is elected appends a change of voters that changes nothing. When it commits, all
   * that earlier leaders committed has been applied here, and the listener hears `leadership(true)`.
   * Founding: the first voter's own addition is an entry too, so that who replays the log from an empty
   * set of voters knows them all.
   *
   * Threads: the listener has one (`events`), changes of voters have one (`changes`); jgroups-raft's own
   * threads never wait for either.  None is virtual: those don't run while tasks compute on all processors.
   */

  /// Largest entry in bytes.
  public static final int MAX_ENTRY_BYTES = 1 << 20;

  private static final System.Logger LOG = System.getLogger(ReplicatedLog.class.getName());
  private static final String NOBODY = "nobody";
  private static final long POLL_MS = 10;

  /// Longest wait for JGroups's threads, which have been told to end.
  private static final long CLOSE_MS = 2_000;

  private final Config config;
  private final LogListener listener;
  private final VoterStack.Parts parts;
  private final ExecutorService events = executor("deed-log-events");
  private final ExecutorService changes = executor("deed-log-changes");
  private final AtomicLong leaderships = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();

  /// What a voter needs.
  ///
  /// @param cluster name of the channel: voters of another cluster are not met
  /// @param voter this process; its name among the voters
  /// @param sockets its connections to other voters
  /// @param neutral an entry that means nothing: only the number of such entries is kept
  /// @param snapshotBytes entries of that many bytes are kept one by one before they are compacted
  /// @param appendTimeoutMs bound of an append
  /// @param changeTimeoutMs bound of a change of voters, of founding and of joining
  public record Config(
      String cluster,
      WorkerId voter,
      GroupSockets sockets,
      byte[] neutral,
      int snapshotBytes,
      long appendTimeoutMs,
      long changeTimeoutMs) {
    /// The usual bounds: 1 MiB, 2 s and 5 s.
    public static Config of(String cluster, WorkerId voter, GroupSockets sockets, byte[] neutral) {
      return new Config(cluster, voter, sockets, neutral, 1 << 20, 2_000, 5_000);
    }

    /// Copies the neutral entry.
    public Config {
      neutral = neutral.clone();
    }

    /// A copy.
    @Override
    public byte[] neutral() {
      return neutral.clone();
    }
  }

  /// Founds a log with one voter, this one; it leads when the call returns. Throws [LogException]
  /// when that fails.
  public static ReplicatedLog bootstrap(Config config, LogListener listener) {
    ReplicatedLog log = open(config, List.of(), true, listener);
    try {
      log.found();
      return log;
    } catch (LogException e) {
      log.close();
      throw e;
    }
  }

  /// Joins the channel of a log whose voters listen at `peers`, first without a vote; one comes
  /// with [#addVoters] at the leader. Throws [LogException] when no voter is found.
  public static ReplicatedLog join(
      Config config, Collection<InetSocketAddress> peers, LogListener listener) {
    long deadline = deadline(config);
    while (true) {
      ReplicatedLog log = open(config, peers, false, listener);
      View view = log.parts.channel().getView();
      if (view != null && view.size() > 1) {
        return log;
      }
      log.close();
      pause(deadline, "no voter was found at " + peers);
    }
  }

  private static long deadline(Config config) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.changeTimeoutMs);
  }

  /// Loads what a voter needs, about 0.4 s of a fresh process: to be called on a thread of its own
  /// while the rest of the process starts.
  public static void warmUp() {
    VoterStack.load();
  }

  private static ReplicatedLog open(
      Config config, Collection<InetSocketAddress> peers, boolean alone, LogListener listener) {
    try {
      GroupServerSocket server = new GroupServerSocket(config.sockets());
      try {
        ReplicatedLog log =
            new ReplicatedLog(config, VoterStack.build(config, server, peers, alone), listener);
        log.connect(alone);
        return log;
      } catch (Exception e) {
        server.close();
        throw e;
      }
    } catch (Exception e) {
      throw new LogException(
          LogException.Kind.REFUSED, "the voters' channel can't be opened: " + e, e);
    }
  }

  private static ExecutorService executor(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
  }

  private ReplicatedLog(Config config, VoterStack.Parts parts, LogListener listener) {
    this.config = config;
    this.parts = parts;
    this.listener = listener;
  }

  private void connect(boolean alone) throws Exception {
    parts
        .raft()
        .stateMachine(
            new CompactedEntries(
                config.neutral, (entry, index) -> deliver(() -> listener.committed(index, entry))));
    parts.raft().addRoleListener(this::roleChanged);
    if (alone) {
      parts.raft().members(List.of(config.voter.toString()));
    }
    parts.channel().setName(config.voter.brief());
    try {
      parts.channel().connect(config.cluster);
    } catch (Exception e) {
      close();
      throw e;
    }
    parts.gms().setJoinTimeout(VoterStack.JOIN_MS);
  }

  private void found() {
    long deadline = deadline(config);
    while (!isLeader()) {
      pause(deadline, "the first voter was not elected");
    }
    await(internal(InternalCommand.Type.addServer, config.voter.toString()), deadline);
  }

  private CompletableFuture<byte[]> internal(InternalCommand.Type type, String name) {
    try {
      byte[] command = Util.streamableToByteBuffer(new InternalCommand(type, name));
      return parts.raft().setAsync(command, 0, command.length, true, null);
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /// Called by whichever thread of jgroups-raft changed the role, with its lock held.
  private void roleChanged(Role role) {
    long leadership = leaderships.incrementAndGet();
    if (role != Role.Leader) {
      deliver(() -> listener.leadership(false));
      return;
    }
    announce(leadership);
  }

  private void announce(long leadership) {
    CompletableFuture<?> _ =
        internal(InternalCommand.Type.removeServer, NOBODY)
            .whenComplete((_, failure) -> announced(leadership, failure));
  }

  private void announced(long leadership, @Nullable Throwable failure) {
    if (failure == null) {
      deliver(() -> leads(leadership));
    } else if (leaderships.get() == leadership && !closed.get()) {
      LOG.log(System.Logger.Level.WARNING, "a new leader's first entry failed; again", failure);
      changes.execute(() -> {
        pause(System.nanoTime() + TimeUnit.SECONDS.toNanos(1), "no first entry");
        announce(leadership);
      });
    }
  }

  private void leads(long leadership) {
    if (leaderships.get() == leadership) {
      listener.leadership(true);
    }
  }

  private void deliver(Runnable call) {
    if (closed.get()) {
      return;
    }
    events.execute(() -> {
      try {
        call.run();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a listener of the replicated log failed", e);
      }
    });
  }

  /// Appends an entry, here or, over the channel, at the leader. The future ends within
  /// [Config#appendTimeoutMs] with the index of the committed entry or a [LogException]; here at
  /// the leader the listener has heard the entry before.
  public CompletableFuture<Long> append(byte[] entry) {
    if (closed.get()) {
      return failed(LogException.Kind.CLOSED, "this voter has been closed");
    }
    if (entry.length == 0 || entry.length > MAX_ENTRY_BYTES) {
      return failed(
          LogException.Kind.REFUSED,
          "an entry of " + entry.length + " bytes; 1 to " + MAX_ENTRY_BYTES + " are taken");
    }
    CompletableFuture<byte[]> answer;
    try {
      answer = parts.redirect().setAsync(entry.clone(), 0, entry.length, null);
    } catch (RaftLeaderException e) {
      return failed(LogException.Kind.NO_LEADER, "no leader can be reached now");
    } catch (Exception e) {
      return CompletableFuture.failedFuture(
          new LogException(LogException.Kind.NO_LEADER, "the entry could not be sent: " + e, e));
    }
    return answer
        .orTimeout(config.appendTimeoutMs, TimeUnit.MILLISECONDS)
        .handleAsync(ReplicatedLog::outcome, closed.get() ? Runnable::run : events);
  }

  private static Long outcome(byte @Nullable [] index, @Nullable Throwable failure) {
    if (failure == null && index != null && index.length == 8) {
      return CompactedEntries.index(index);
    }
    if (failure instanceof TimeoutException) {
      throw new LogException(
          LogException.Kind.TIMED_OUT, "no majority of the voters answered in time", failure);
    }
    String message = "the leader changed while an entry was appended";
    throw failure == null
        ? new LogException(LogException.Kind.LEADER_CHANGED, message)
        : new LogException(LogException.Kind.LEADER_CHANGED, message, failure);
  }

  private static <T> CompletableFuture<T> failed(LogException.Kind kind, String message) {
    return CompletableFuture.failedFuture(new LogException(kind, message));
  }

  /// Whether this voter leads, as far as it knows.
  public boolean isLeader() {
    return parts.raft().isLeader();
  }

  /// The leader, as far as this voter knows.
  public Optional<WorkerId> leader() {
    return Optional.ofNullable(parts.raft().leader()).map(ReplicatedLog::worker);
  }

  /// Those who have a vote, as far as the log is followed here.
  public List<WorkerId> voters() {
    return parts.raft().members().stream().map(WorkerId::parse).sorted().toList();
  }

  private List<Address> members() {
    View view = parts.channel().getView();
    return view == null ? List.of() : view.getMembers();
  }

  private Optional<Address> find(WorkerId voter) {
    return members().stream().filter(member -> worker(member).equals(voter)).findFirst();
  }

  private static WorkerId worker(Address address) {
    return WorkerId.parse(Utils.extractRaftId(address));
  }

  /// Gives a vote to processes that have joined the channel, once they have the whole log, in one
  /// entry. Leader only. Several at once only while the leader votes alone: then nobody else can
  /// have a majority of the old voters. One change at a time; the future fails with a
  /// [LogException] within [Config#changeTimeoutMs].
  public CompletableFuture<Void> addVoters(List<WorkerId> added) {
    return change(deadline -> {
      if (added.size() > 1 && !voters().equals(List.of(config.voter))) {
        throw new LogException(
            LogException.Kind.REFUSED, "several voters at once are added to a single one only");
      }
      for (WorkerId voter : added) {
        while (!caughtUp(voter)) {
          pause(deadline, voter.brief() + " has not caught up");
        }
      }
      await(parts.raft().addServer(SoundRaft.names(added)), deadline);
    });
  }

  /// Takes a vote away, dead or alive. Leader only; a leader may remove itself, and another is
  /// elected.
  public CompletableFuture<Void> removeVoter(WorkerId voter) {
    return change(deadline -> await(parts.raft().removeServer(voter.toString()), deadline));
  }

  private boolean caughtUp(WorkerId voter) {
    CommitTable table = parts.raft().commitTable();
    if (table == null) {
      throw new LogException(LogException.Kind.NO_LEADER, "this voter does not lead");
    }
    return find(voter)
        .map(table::get)
        .filter(entry -> entry.matchIndex() >= parts.raft().commitIndex())
        .isPresent();
  }

  private interface Change {
    void run(long deadlineNs) throws Exception;
  }

  private CompletableFuture<Void> change(Change change) {
    if (closed.get()) {
      return failed(LogException.Kind.CLOSED, "this voter has been closed");
    }
    return CompletableFuture.runAsync(
        () -> {
          long deadline = deadline(config);
          try {
            if (!isLeader()) {
              throw new LogException(LogException.Kind.NO_LEADER, "this voter does not lead");
            }
            change.run(deadline);
          } catch (LogException e) {
            throw e;
          } catch (Exception e) {
            throw new LogException(LogException.Kind.LEADER_CHANGED, "voters not changed: " + e, e);
          }
        },
        changes);
  }

  private static void await(CompletableFuture<byte[]> answer, long deadlineNs) {
    try {
      answer.get(Math.max(1, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new LogException(
          LogException.Kind.TIMED_OUT, "no majority of the voters answered in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LogException(LogException.Kind.CLOSED, "interrupted", e);
    } catch (ExecutionException e) {
      throw new LogException(LogException.Kind.LEADER_CHANGED, "the leader changed meanwhile", e);
    }
  }

  private static void pause(long deadlineNs, String otherwise) {
    if (System.nanoTime() - deadlineNs > 0) {
      throw new LogException(LogException.Kind.TIMED_OUT, otherwise);
    }
    try {
      Thread.sleep(POLL_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LogException(LogException.Kind.CLOSED, "interrupted", e);
    }
  }

  /// The protocols beneath, for tests that cut links and force views.
  VoterStack.Parts parts() {
    return parts;
  }

  /// There is proof that the voter's process has ended: the others need not wait for its silence.
  /// Does nothing when it is not in the channel.
  public void suspect(WorkerId voter) {
    Optional<Address> member = find(voter);
    if (member.isPresent() && !closed.get()) {
      Event suspect = new Event(Event.SUSPECT, List.of(member.get()));
      Thread.ofPlatform().daemon().name("deed-log-suspect").start(() -> parts.gms().up(suspect));
    }
  }

  /// Leaves the channel. A voter that still has its vote goes on counting for the majority.
  /// Repeated calls do nothing.
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    parts.channel().close();
    changes.shutdownNow();
    events.shutdown();
    parts.threads().joinUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MS));
  }
}
