package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Draws.Dice;
import dev.deed.faultinjection.simulator.Draws.Purpose;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Event;
import dev.deed.ownership.Member;
import dev.deed.ownership.MembershipLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The membership log as seen from outside: one order of entries, proposals that take time and may
/// be lost or repeated, followers that lag, and leases that run out.
final class Log {
  /// Length of a membership lease.
  static final long LEASE_NS = 300_000_000;

  private static final long MARGIN_NS = 50_000_000;

  /// How far one worker has followed.
  private final class Follower {
    final Node node;
    final Dice lag;
    int next;
    long lastNs;
    long cutUntilNs;
    boolean armed;

    Follower(Node node) {
      this.node = node;
      this.lag = world.draws.dice(Purpose.FOLLOW, node.index);
    }

    void arm() {
      if (armed || next >= entries.size() || node.gone()) {
        return;
      }
      armed = true;
      lastNs = Math.max(lastNs, world.nowNs + lag.delay(50_000, 5_000_000, 150_000_000));
      world.agenda.at(Math.max(lastNs, cutUntilNs), this::follow);
    }

    private void follow() {
      armed = false;
      if (node.gone()) {
        return;
      }
      if (cutUntilNs > world.nowNs || node.paused()) {
        arm();
        return;
      }
      Entry entry = entries.get(next++);
      node.publish(new Event.EntryFollowed(next, entry));
      arm();
    }
  }

  private final World world;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<Node, Follower> followers = new HashMap<>();
  private final Dice proposals;
  private final Dice detection;
  private final Dice leases;
  private final MembershipLog truth = new MembershipLog();
  private final Map<WorkerId, Runnable> whenDead = new HashMap<>();
  private final Set<EstateId> givenUp = new HashSet<>();
  private long outageUntilNs;
  private boolean faulty;

  Log(World world) {
    this.world = world;
    this.proposals = world.draws.dice(Purpose.PROPOSAL, 0);
    this.detection = world.draws.dice(Purpose.DETECTION, 0);
    this.leases = world.draws.dice(Purpose.LEASE, 0);
  }

  /// What all committed entries add up to.
  MembershipLog truth() {
    return truth;
  }

  /// Whether a server has given the estate up because nothing was left in it.
  boolean givenUp(EstateId estate) {
    return givenUp.contains(estate);
  }

  /// Whether proposals may be lost and repeated.
  void faulty(boolean on) {
    faulty = on;
  }

  /// Index of the last entry that the worker has been given.
  long followed(Node node) {
    Follower follower = followers.get(node);
    return follower == null ? 0 : follower.next;
  }

  private Follower follower(Node node) {
    return Objects.requireNonNull(followers.get(node), () -> node + " does not follow the log");
  }

  /// Lets a process follow; all entries so far at once where `atOnce`.
  void add(Node node, boolean atOnce) {
    Follower follower = new Follower(node);
    followers.put(node, follower);
    while (atOnce && follower.next < entries.size()) {
      Entry entry = entries.get(follower.next++);
      node.publish(new Event.EntryFollowed(follower.next, entry));
    }
    follower.arm();
  }

  /// A proposal of a worker: lost, late or repeated.
  void propose(Node node, Entry entry) {
    boolean down = outageUntilNs > world.nowNs || follower(node).cutUntilNs > world.nowNs;
    if ((faulty && proposals.chance(50)) || (down && proposals.chance(500))) {
      world.marks.hit(Marks.Mark.PROPOSAL_LOST);
      return;
    }
    long delay = proposals.delay(200_000, 4_000_000, 300_000_000);
    world.agenda.at(world.nowNs + delay, () -> commit(entry));
    if (faulty && proposals.chance(50)) {
      world.agenda.at(world.nowNs + 2 * delay, () -> commit(entry));
    }
  }

  /// Appends an entry, or does so when the log takes entries again.
  void commit(Entry entry) {
    if (outageUntilNs > world.nowNs) {
      world.agenda.at(outageUntilNs, () -> commit(entry));
      return;
    }
    append(entry);
    if (entry instanceof Entry.Join(Member member) && world.node(member.id()).gone()) {
      // It was killed before it was a member, so there was nobody to be declared dead.
      silentlyDead(world.node(member.id()));
    }
    followers.values().stream()
        .sorted((a, b) -> Integer.compare(a.node.index, b.node.index))
        .forEach(Follower::arm);
  }

  /// Appends an entry that nobody follows before it is armed.
  void append(Entry entry) {
    entries.add(entry);
    boolean overlapping = truth.awaitsClear();
    List<Entry.Heir> heirs =
        entry instanceof Entry.Heirs next ? truth.heirs(next.estate()) : List.of();
    List<EstateId> kept =
        entry instanceof Entry.Death(WorkerId dead, _, _) ? keptOf(dead) : List.of();
    boolean changed = truth.apply(entries.size(), entry);
    world.trace.committed(entries.size(), entry);
    if (!changed) {
      return;
    }
    switch (entry) {
      case Entry.Death(WorkerId dead, _, _) -> {
        died(dead, overlapping);
        if (kept.stream().anyMatch(truth::closed)) {
          world.marks.hit(Marks.Mark.CLOSED_WITH_HEIRS);
        }
      }
      case Entry.Heirs next -> world.checks.heirsChanged(next.estate(), heirs, next.heirs());
      case Entry.Close(EstateId estate, _) -> {
        givenUp.add(estate);
        world.marks.hit(Marks.Mark.INHERITED_CLOSED);
      }
      default -> {}
    }
  }

  /// Estates of which heirs have been named.
  private List<EstateId> keptOf(WorkerId server) {
    return truth.servedBy(server).stream()
        .filter(estate -> truth.heirsVersion(estate) > 0)
        .toList();
  }

  private void died(WorkerId dead, boolean overlapping) {
    if (overlapping) {
      world.marks.hit(Marks.Mark.DEATHS_OVERLAPPED);
    }
    if (!world.node(dead).gone()) {
      world.marks.hit(Marks.Mark.ZOMBIE);
    }
    Runnable action = whenDead.remove(dead);
    if (action != null) {
      action.run();
    }
    world.job.died(dead);
  }

  /// Does `action` when the process is declared dead.
  void whenDead(Node node, Runnable action) {
    whenDead.put(node.id, action);
  }

  /// A process has ended: somebody proves it, after a while.
  void provenDead(Node node, String reason) {
    long delay = detection.delay(2_000_000, 250_000_000, 900_000_000);
    world.agenda.at(world.nowNs + delay, () -> commit(new Entry.Death(node.id, true, reason)));
  }

  /// A process has ended and nobody proves it: its lease runs out.
  void silentlyDead(Node node) {
    world.agenda.at(
        world.nowNs + LEASE_NS + MARGIN_NS,
        () -> commit(new Entry.Death(node.id, false, "its lease ran out")));
  }

  /// A worker is paused or can't reach the log until `untilNs`: its lease may run out.
  void unreachable(Node node, long untilNs) {
    long ownExpiry = world.nowNs + leases.between(LEASE_NS * 2 / 3, LEASE_NS);
    if (untilNs <= ownExpiry) {
      return;
    }
    world.agenda.at(ownExpiry, () -> node.mute(true));
    long leaderExpiry = ownExpiry + MARGIN_NS;
    world.agenda.at(
        leaderExpiry,
        () -> {
          if (leaderExpiry < untilNs) {
            commit(new Entry.Death(node.id, false, "its lease ran out"));
          }
        });
    renewFrom(node, untilNs);
  }

  /// A worker without a lease gets one again unless its death is in the log.
  private void renewFrom(Node node, long atNs) {
    world.agenda.at(
        atNs + leases.between(1_000_000, 5_000_000),
        () -> {
          if (!node.gone() && node.muted()) {
            if (!truth.lives(node.id)) {
              return;
            }
            if (outageUntilNs > world.nowNs || node.paused() || cut(node)) {
              renewFrom(node, world.nowNs + 20_000_000);
            } else {
              world.links.unmute(node);
            }
          }
        });
  }

  private boolean cut(Node node) {
    return follower(node).cutUntilNs > world.nowNs;
  }

  /// Neither proposals nor entries pass between the worker and the log.
  void cut(Node node, long untilNs) {
    follower(node).cutUntilNs = untilNs;
    unreachable(node, untilNs);
  }

  /// No entries are taken until then. Leases are counted as kept: the outage ends before they would
  /// cost anybody its life.
  void outage(long untilNs) {
    outageUntilNs = Math.max(outageUntilNs, untilNs);
  }

  /// Whether every running worker has followed everything.
  boolean quiet() {
    for (Follower follower : followers.values()) {
      if (!follower.node.gone() && follower.next < entries.size()) {
        return false;
      }
    }
    return true;
  }
}
