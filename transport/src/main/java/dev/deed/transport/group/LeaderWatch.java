package dev.deed.transport.group;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.EmptyMessage;
import org.jgroups.Event;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.protocols.raft.election.BaseElection;
import org.jgroups.raft.util.Utils;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;
import org.jspecify.annotations.Nullable;

/// Starts an election when a majority of the voters hears no leader, as Raft's election timeout
/// does.
///
/// jgroups-raft elects only when a view changes, at the view's coordinator, and only if *that*
/// voter lost the leader or gained the majority. After cuts voters differ in that: one has seen the
/// others go and has stepped down, the other has seen nothing, coordinates the view they merge
/// into, and goes on taking the first one for the leader.
final class LeaderWatch extends Protocol {
  /*
   * State: `heardNs`, when this voter last led or heard a leader of its term (or had no majority in
   * its view, which is for JGroups to mend); `heard`, the others' last beats.
   *
   * Messages: every BEAT_MS each voter multicasts a Beat.  A leader's beat tells who leads to whoever
   * has missed it; a beat of a later term ends an older leadership, since whoever is in that term
   * refuses the older leader's entries, silently.
   *
   * Elections: a voter that has heard no leader for PATIENCE_MS says so.  When a majority does, the
   * first of them in its view starts jgroups-raft's voting; the next ones, should that fail, one
   * PATIENCE_MS later each.  So who alone is cut off disturbs nobody.  Starting is idempotent, and
   * the voting itself is safe from any number of voters: one vote a term.
   */

  /// Between two beats, in milliseconds.
  static final int BEAT_MS = 300;

  /// Silence of the leader after which it is missed, in milliseconds: longer than JGroups needs to
  /// notice a death, so that usually its view changes first.
  static final int PATIENCE_MS = 1_500;

  /// A beat older than this, in milliseconds, says nothing.
  private static final int FRESH_MS = 3 * BEAT_MS;

  private static final short PROTOCOL = 1_900;

  static {
    ClassConfigurator.addProtocol(PROTOCOL, LeaderWatch.class);
    ClassConfigurator.add(Beat.MAGIC, Beat.class);
  }

  private record Heard(Beat beat, long atNs) {}

  private final RAFT raft;
  private final BaseElection election;
  private final Map<Address, Heard> heard = new HashMap<>();
  private volatile @Nullable View view;
  private long heardNs = System.nanoTime();
  private @Nullable Future<?> ticks;

  LeaderWatch(RAFT raft, BaseElection election) {
    this.raft = raft;
    this.election = election;
  }

  @Override
  public void start() throws Exception {
    super.start();
    ticks =
        getTransport()
            .getTimer()
            .scheduleWithFixedDelay(this::tick, BEAT_MS, BEAT_MS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    Future<?> running = ticks;
    if (running != null) {
      running.cancel(false);
    }
    super.stop();
  }

  @Override
  public Object up(Event event) {
    if (event.getType() == Event.VIEW_CHANGE) {
      view = event.getArg();
    }
    return up_prot.up(event);
  }

  @Override
  public @Nullable Object up(Message message) {
    Beat beat = message.getHeader(id);
    if (beat == null) {
      return up_prot.up(message);
    }
    hear(message.getSrc(), beat, System.nanoTime());
    return null;
  }

  @Override
  public void up(MessageBatch batch) {
    for (Message message : batch) {
      Beat beat = message.getHeader(id);
      if (beat != null) {
        hear(message.getSrc(), beat, System.nanoTime());
      }
    }
    batch.removeIf(message -> message.getHeader(id) != null, true);
    if (!batch.isEmpty()) {
      up_prot.up(batch);
    }
  }

  /// The voters of the view, if this process is one and they are a majority; otherwise nobody.
  private List<Address> quorum() {
    View now = view;
    if (now == null) {
      return List.of();
    }
    List<String> voters = raft.members();
    List<Address> present =
        now.getMembers().stream()
            .filter(member -> voters.contains(Utils.extractRaftId(member)))
            .toList();
    boolean some = present.contains(local_addr) && present.size() >= raft.majority();
    return some ? present : List.of();
  }

  private void tick() {
    Beat beat = beat(System.nanoTime());
    if (beat != null) {
      down_prot.down(
          new EmptyMessage()
              .putHeader(id, beat)
              .setFlag(Message.Flag.OOB, Message.Flag.NO_FC)
              .setFlag(Message.TransientFlag.DONT_LOOPBACK, Message.TransientFlag.DONT_BLOCK));
    }
  }

  /// Starts an election if it is due, and tells what is to be told.
  private synchronized @Nullable Beat beat(long nowNs) {
    List<Address> voters = quorum();
    heard.keySet().retainAll(voters);
    boolean leads = raft.isLeader();
    if (leads || voters.isEmpty()) {
      heardNs = nowNs;
    }
    if (voters.size() <= 1) {
      return null;
    }
    boolean lacks = silentMs(nowNs) >= PATIENCE_MS;
    if (lacks && mayStart(voters, nowNs)) {
      log.debug("%s: a majority hears no leader; voting", local_addr);
      election.startVotingThread();
    }
    return new Beat(
        raft.currentTerm(),
        leads ? Beat.Standing.LEADS : lacks ? Beat.Standing.LACKS : Beat.Standing.FOLLOWS);
  }

  private long silentMs(long nowNs) {
    return TimeUnit.NANOSECONDS.toMillis(nowNs - heardNs);
  }

  private boolean mayStart(List<Address> voters, long nowNs) {
    List<Address> lacking =
        voters.stream().filter(voter -> voter.equals(local_addr) || lacks(voter, nowNs)).toList();
    long turn = 1L + lacking.indexOf(local_addr);
    return lacking.size() >= raft.majority() && silentMs(nowNs) >= turn * PATIENCE_MS;
  }

  private boolean lacks(Address voter, long nowNs) {
    Heard last = heard.get(voter);
    return last != null
        && last.beat.standing() == Beat.Standing.LACKS
        && TimeUnit.NANOSECONDS.toMillis(nowNs - last.atNs) <= FRESH_MS;
  }

  private synchronized void hear(Address from, Beat beat, long nowNs) {
    if (!quorum().contains(from)) {
      return;
    }
    heard.put(from, new Heard(beat, nowNs));
    boolean leads = beat.standing() == Beat.Standing.LEADS;
    if (beat.term() > raft.currentTerm() && !leads) {
      raft.currentTerm(beat.term());
    }
    if (leads && beat.term() >= raft.currentTerm()) {
      if (beat.term() > raft.currentTerm() || raft.leader() == null) {
        raft.trySetLeaderAndTerm(from, beat.term());
      }
      if (from.equals(raft.leader())) {
        heardNs = nowNs;
      }
    }
  }
}
