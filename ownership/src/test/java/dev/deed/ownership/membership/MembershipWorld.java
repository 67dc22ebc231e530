package dev.deed.ownership.membership;

import dev.deed.lineage.Demand;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/// Workers in virtual time, with links that delay and cut, clocks that drift, processes that pause
/// and are killed. It checks all along that nobody who believes to hold a lease is declared dead
/// for its expiry.
final class MembershipWorld {
  static final long MS = 1_000_000L;
  static final long LEASE_NS = 2_000 * MS;
  static final MembershipConfig CONFIG = MembershipConfig.of(LEASE_NS);

  private record Timed(long at, long order, Runnable action) {}

  final Random random;
  final SimulatedLog log = new SimulatedLog(this);
  final Map<WorkerId, Node> nodes = new LinkedHashMap<>();
  private final PriorityQueue<Timed> queue =
      new PriorityQueue<>(
          (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));
  private final Map<List<WorkerId>, Long> links = new HashMap<>();
  private final Set<WorkerId> deadInLog = new HashSet<>();
  private final Set<List<WorkerId>> cuts = new HashSet<>();
  private long now;
  private long orders;

  MembershipWorld(long seed) {
    random = new Random(seed);
  }

  final class Node implements MembershipEffects {
    final Member self;
    final MembershipService service;
    final List<Entry> followed = new ArrayList<>();
    final List<String> told = new ArrayList<>();
    final long offset = random.nextLong() >> 1;
    final double rate = 1 + (random.nextDouble() * 2 - 1) * 1e-3;
    boolean alive = true;
    boolean leaving;
    boolean inChannel;
    boolean leaseTold;
    long pausedUntil;
    long highestFence;

    Node(Member self) {
      this.self = self;
      this.service = new MembershipService(self, CONFIG, this);
    }

    long clock() {
      return offset + (long) (now * rate);
    }

    @Override
    public void send(WorkerId to, MembershipMessage message) {
      transmit(self.id(), to, message);
    }

    @Override
    public void learn(Contact contact) {}

    @Override
    public void append(long ticket, Entry entry) {
      log.append(self.id(), ticket, entry);
    }

    @Override
    public void follow(long index, Entry entry) {
      followed.add(entry);
      check(index == followed.size(), "entry " + index + " after " + (followed.size() - 1));
      check(
          entry.equals(log.entries.get((int) index - 1)) || entry instanceof Entry.Mark,
          "another entry at " + index);
    }

    @Override
    public void fence(long index) {
      check(index > highestFence, "the fence fell");
      highestFence = index;
      for (Node node : nodes.values()) {
        boolean member = !deadInLog.contains(node.self.id());
        check(
            !member || node.followed.size() >= index || joinedAfter(node, index),
            "fence " + index + " before " + node.self.id());
      }
    }

    @Override
    public void joined() {
      told.add("joined");
    }

    @Override
    public void refused(String reason) {
      told.add("refused: " + reason);
    }

    @Override
    public void leaseHeld(boolean held) {
      check(held != leaseTold, "told twice");
      leaseTold = held;
    }

    @Override
    public void declaredDead(String reason) {
      told.add("dead: " + reason);
      check(!service.holdsLease(clock()), "dead with a lease");
    }

    @Override
    public void left() {
      told.add("left");
      alive = false;
      later(0, log::check);
    }

    @Override
    public void unavailable(String reason, boolean forEver) {
      told.add(forEver ? "ended" : "unavailable");
    }

    @Override
    public void proposalRefused(Entry entry, String reason) {
      told.add("refused: " + entry);
    }

    @Override
    public void changeVoters(List<WorkerId> changed, boolean add) {
      log.change(self.id(), changed, add);
    }

    @Override
    public void suspectVoter(WorkerId voter) {
      log.check();
    }

    @Override
    public void startVoter(List<Contact> peers) {
      at(
          self.id(),
          delay() * 10,
          node -> {
            node.inChannel = true;
            node.service.voterStarted(node.clock());
            catchUpLater(self.id());
          });
    }

    @Override
    public void stopVoter() {
      inChannel = false;
      later(0, log::check);
    }

    @Override
    public void probe(WorkerId worker) {
      if (nodes.containsKey(worker) && !alive(worker)) {
        at(self.id(), delay(), node -> node.service.proofOfDeath(worker, "probed", node.clock()));
      }
    }
  }

  private static boolean joinedAfter(Node node, long index) {
    for (int i = 0; i < Math.min(index, node.followed.size()); i++) {
      if (node.followed.get(i) instanceof Entry.Join(Member m) && m.id().equals(node.self.id())) {
        return false;
      }
    }
    return true;
  }

  static void check(boolean holds, String text) {
    if (!holds) {
      throw new AssertionError(text);
    }
  }

  Node add(int number, boolean driver, String host) {
    WorkerId id = new WorkerId(number, 7);
    Node node =
        new Node(new Member(id, host, "127.0.0.1", 1000 + number, number, driver, Demand.NONE));
    nodes.put(id, node);
    tickFrom(node);
    return node;
  }

  private void tickFrom(Node node) {
    at(
        node.self.id(),
        CONFIG.retryNs() / 2 + random.nextInt(1000),
        same -> {
          same.service.tick(same.clock());
          log.leader
              .filter(_ -> same.inChannel && reach(log.leader.get(), same.self.id()))
              .ifPresent(leader -> same.service.leaderSeen(leader, same.clock()));
          tickFrom(same);
        });
  }

  Node found(boolean driver) {
    Node first = add(1, driver, "host1");
    first.inChannel = true;
    first.service.found(first.clock());
    log.found(first.self.id());
    return first;
  }

  /// Joins with the help of all that live.
  void join(Node node) {
    List<Contact> contacts =
        nodes.values().stream()
            .filter(other -> other != node && other.alive)
            .map(other -> new Contact(other.self.id(), "h", 1))
            .toList();
    node.service.join(contacts, node.clock());
  }

  void kill(Node node, boolean proof) {
    node.alive = false;
    log.check();
    if (proof) {
      nodes.values().stream()
          .filter(other -> other.alive)
          .findFirst()
          .ifPresent(other ->
              at(
                  other.self.id(),
                  delay(),
                  it -> it.service.proofOfDeath(node.self.id(), "reaped", it.clock())));
    }
  }

  /// Has it leave, for which it takes half a second at most.
  void leave(Node node) {
    at(
        node.self.id(),
        0,
        it -> {
          it.leaving = true;
          it.service.leave(it.clock());
          at(
              it.self.id(),
              500 * MS,
              late -> {
                late.alive = false;
                log.check();
              });
        });
  }

  void pause(Node node, long ns) {
    node.pausedUntil = now + ns;
    later(1, log::check);
    later(ns + 1, log::check);
  }

  void cut(Node a, Node b) {
    cuts.add(List.of(a.self.id(), b.self.id()));
    later(200 * MS, log::check);
  }

  void heal() {
    cuts.clear();
    later(100 * MS, log::check);
  }

  long now() {
    return now;
  }

  Node node(WorkerId worker) {
    return Objects.requireNonNull(nodes.get(worker), worker::toString);
  }

  boolean alive(WorkerId worker) {
    Node node = nodes.get(worker);
    return node != null && node.alive && node.pausedUntil <= now;
  }

  boolean reach(WorkerId from, WorkerId to) {
    return alive(from) && alive(to) && !cuts.contains(List.of(from, to));
  }

  /// Whether the two can take part in one vote.
  boolean vote(WorkerId from, WorkerId to) {
    return reach(from, to) && reach(to, from) && node(from).inChannel && node(to).inChannel;
  }

  long delay() {
    return random.nextInt(20) == 0 ? random.nextLong(200 * MS) : random.nextLong(3 * MS) + 1000;
  }

  void later(long ns, Runnable action) {
    queue.add(new Timed(now + ns, orders++, action));
  }

  /// Runs at a node unless it is dead; a paused one does it when it goes on.
  void at(WorkerId worker, long ns, Consumer<Node> action) {
    later(
        ns,
        () -> {
          Node node = nodes.get(worker);
          if (node == null || !node.alive) {
            return;
          }
          if (node.pausedUntil > now) {
            at(worker, node.pausedUntil - now, action);
          } else {
            action.accept(node);
          }
        });
  }

  private void transmit(WorkerId from, WorkerId to, MembershipMessage message) {
    if (cuts.contains(List.of(from, to))) {
      return;
    }
    WireWriter out = new WireWriter(64);
    MembershipCodec.write(message, out);
    long arrival = Math.max(now + delay(), links.getOrDefault(List.of(from, to), 0L));
    links.put(List.of(from, to), arrival);
    at(
        to,
        arrival - now,
        node -> {
          if (!cuts.contains(List.of(from, to))) {
            MembershipMessage read = MembershipCodec.read(new WireReader(out.toBytes()));
            node.service.arrived(from, read, node.clock());
          }
        });
  }

  void committed(Entry entry) {
    if (entry instanceof Entry.Death(WorkerId worker, boolean proof, _)) {
      Node node = node(worker);
      deadInLog.add(worker);
      if (proof) {
        check(!node.alive || node.leaving, "proof of a living one");
      } else {
        check(
            !node.alive || !node.service.holdsLease(node.clock()),
            "declared dead while it holds a lease: " + worker);
      }
    }
  }

  void catchUp(WorkerId worker, int through) {
    Node node = node(worker);
    if (node.alive && node.pausedUntil <= now) {
      for (int i = node.followed.size(); i < through; i++) {
        node.service.committed(i + 1, log.entries.get(i), node.clock());
      }
    }
  }

  void catchUpLater(WorkerId worker) {
    at(
        worker,
        delay(),
        node -> {
          if (log.leader.filter(leader -> reach(leader, worker)).isPresent()) {
            catchUp(worker, log.entries.size());
          }
        });
  }

  void run(long ns) {
    long until = now + ns;
    while (!queue.isEmpty() && queue.peek().at <= until) {
      Timed next = queue.poll();
      now = Math.max(now, next.at);
      next.action.run();
      log.check();
    }
    now = until;
  }

  Set<WorkerId> holders() {
    Set<WorkerId> holders = new LinkedHashSet<>();
    nodes.values().stream()
        .filter(node -> node.alive && node.service.holdsLease(node.clock()))
        .forEach(node -> holders.add(node.self.id()));
    return holders;
  }

  /// What the run did, for comparing two of them.
  String trace() {
    StringBuilder text = new StringBuilder();
    nodes
        .values()
        .forEach(n -> text.append(n.self.id()).append(n.followed).append(n.told).append('\n'));
    return text.toString();
  }
}
