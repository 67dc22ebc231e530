package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import dev.deed.ownership.membership.Contact;
import dev.deed.ownership.membership.MembershipCodec;
import dev.deed.ownership.membership.MembershipConfig;
import dev.deed.ownership.membership.MembershipEffects;
import dev.deed.ownership.membership.MembershipMessage;
import dev.deed.ownership.membership.MembershipService;
import dev.deed.transport.Threads;
import dev.deed.transport.group.LivenessLock;
import dev.deed.transport.group.LogException;
import dev.deed.transport.group.LogListener;
import dev.deed.transport.group.ReplicatedLog;
import dev.deed.transport.link.ConnectionKind;
import dev.deed.transport.link.LinkListener;
import dev.deed.transport.link.LinkOptions;
import dev.deed.transport.link.TcpLinks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Drives a worker's [MembershipService]: its own links, the replicated log where this worker
/// votes, and one thread to which all events go.
final class MembershipPort implements MembershipEffects, LinkListener, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.deed");

  /// What the worker does with what the log says. Called by the membership thread.
  interface Listener {
    /// The next entry.
    void follow(long index, Entry entry);

    /// A worker can be reached there.
    void learn(Contact contact);

    /// This worker is a member.
    void joined();

    /// Output may go out from now on, after it could not.
    void leaseRegained();

    /// The cluster does not let this worker act; for ever if it has ended.
    void unavailable(String reason, boolean forEver);

    /// This worker is no member any more, or never can be.
    void ended(String reason);
  }

  private final ClusterPorts ports;
  private final Listener listener;
  private final MembershipConfig config;
  private final MembershipService service;
  private final TcpLinks links;
  private final LinkedBlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
  private final Thread thread;
  private final CountDownLatch left = new CountDownLatch(1);
  private volatile @Nullable ReplicatedLog log;
  private volatile @Nullable Thread stopping;
  private volatile boolean closed;
  private volatile boolean leaseHeld;
  private volatile long aliveNs;

  // The membership thread's: whose links are to end with the present event.
  private final List<WorkerId> parting = new ArrayList<>();
  private boolean leaving;

  MembershipPort(Member self, MembershipConfig config, ClusterPorts ports, Listener listener)
      throws IOException {
    JgroupsLogging.quieten();
    this.ports = ports;
    this.listener = listener;
    this.config = config;
    this.service = new MembershipService(self, config, this);
    this.links =
        TcpLinks.open(
            ports.endpoint(),
            ports.connector(),
            ConnectionKind.MEMBERSHIP,
            LinkOptions.defaults(),
            this);
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("deed-membership-" + self.id().brief())
            .unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Founds a cluster of which this worker is the first member.
  void found() {
    ReplicatedLog founded = ReplicatedLog.bootstrap(logConfig(), new Committed());
    log = founded;
    submit(() -> service.found(Clock.nowNs()));
  }

  /// Joins the cluster of the worker that listens there.
  void join(Contact contact) {
    submit(() -> {
      learn(contact);
      service.join(List.of(contact), Clock.nowNs());
    });
  }

  /// There is proof that a worker's process has ended.
  void proofOfDeath(WorkerId worker, String reason) {
    submit(() -> service.proofOfDeath(worker, reason, Clock.nowNs()));
  }

  /// An entry for the log; repeated until it is in it.
  void propose(Entry entry) {
    submit(() -> service.propose(entry, Clock.nowNs()));
  }

  /// Tells the others that this worker leaves, and waits until the log says so, or can't, but for
  /// `patience` at most. The worker must do nothing more that others see.
  void leave(Duration patience) {
    if (!closed) {
      submit(() -> service.leave(Clock.nowNs()));
      Threads.awaitUntil(left, System.nanoTime() + patience.toNanos());
    }
  }

  /// Whether output may leave now. A worker that was stopped for a while does not hold its lease
  /// until its membership thread has run again.
  boolean mayAct() {
    return leaseHeld && Clock.nowNs() - aliveNs < 2 * config.retryNs();
  }

  private void submit(Runnable event) {
    if (!closed) {
      events.add(event);
    }
  }

  private void run() {
    long nextTick = Clock.nowNs();
    while (!closed) {
      try {
        long wait = Math.max(1, nextTick - Clock.nowNs());
        Runnable event = events.poll(wait, TimeUnit.NANOSECONDS);
        if (event != null) {
          event.run();
        }
        if (Clock.nowNs() >= nextTick) {
          tick();
          nextTick = Clock.nowNs() + config.retryNs() / 2;
        }
        part();
        if (events.isEmpty()) {
          links.flush();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "membership has stopped: a defect of Deed", e);
        listener.ended("a defect of Deed in membership: " + e);
        return;
      }
    }
  }

  /// Ends what the event was the last one for: what it has said is sent first.
  private void part() {
    if (parting.isEmpty() && !leaving) {
      return;
    }
    links.flush();
    parting.forEach(links::close);
    parting.clear();
    if (leaving) {
      left.countDown();
    }
  }

  private void tick() {
    long now = Clock.nowNs();
    ReplicatedLog voted = log;
    if (voted != null) {
      voted.leader().ifPresent(leader -> service.leaderSeen(leader, now));
    }
    service.tick(now);
    boolean held = service.holdsLease(now);
    boolean regained = held && !mayAct();
    aliveNs = now;
    leaseHeld = held;
    if (regained) {
      listener.leaseRegained();
    }
  }

  // --- links ------------------------------------------------------------------------------------

  @Override
  public void received(WorkerId from, WireReader message) {
    MembershipMessage decoded = MembershipCodec.read(message);
    submit(() -> service.arrived(from, decoded, Clock.nowNs()));
  }

  @Override
  public void receivedBatchEnd(WorkerId from) {
    // Each message is an event of its own.
  }

  @Override
  public void connected(WorkerId peer) {
    // A hint that nothing depends on.
  }

  @Override
  public void disconnected(WorkerId peer, String why) {
    submit(() -> probe(peer));
  }

  @Override
  public void send(WorkerId to, MembershipMessage message) {
    if (!links.hasRoom(to)) {
      // Who left so much unread has lost its lease long ago, and asks for entries that it lacks.
      return;
    }
    WireWriter out = links.begin(to);
    MembershipCodec.write(message, out);
    links.end(to);
  }

  // --- effects ----------------------------------------------------------------------------------

  @Override
  public void learn(Contact contact) {
    if (!contact.worker().equals(ports.endpoint().self())) {
      InetSocketAddress address = new InetSocketAddress(contact.host(), contact.port());
      ports.learn(contact.worker(), address);
      links.peer(contact.worker(), address);
      listener.learn(contact);
    }
  }

  @Override
  public void append(long ticket, Entry entry) {
    ReplicatedLog voted = log;
    if (voted == null) {
      submit(() -> service.appended(ticket, false, Clock.nowNs()));
      return;
    }
    WireWriter out = new WireWriter(64);
    entry.write(out);
    var _ =
        voted
            .append(out.toBytes())
            .whenComplete((_, failure) ->
                submit(() -> service.appended(ticket, failure == null, Clock.nowNs())));
  }

  @Override
  public void follow(long index, Entry entry) {
    if (entry instanceof Entry.Join(Member member)) {
      learn(new Contact(member.id(), member.address(), member.port()));
    }
    if (entry instanceof Entry.Death(WorkerId dead, _, _)
        && !dead.equals(ports.endpoint().self())) {
      parting.add(dead);
      Thread.ofPlatform().daemon().name("deed-sweep").start(() -> sweep(dead));
    }
    if (entry instanceof Entry.Voters(var voters)) {
      LOG.log(System.Logger.Level.DEBUG, "Voters: {0}", voters);
    }
    listener.follow(index, entry);
  }

  private void sweep(WorkerId dead) {
    try {
      ClusterDirectory.sweep(ports.directory(), dead);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "What a dead worker has left can't be removed: " + e);
    }
  }

  @Override
  public void fence(long index) {
    // Successors will wait for it; without heirs there are none.
  }

  @Override
  public void joined() {
    listener.joined();
  }

  @Override
  public void refused(String reason) {
    listener.ended(reason);
  }

  @Override
  public void leaseHeld(boolean held) {
    boolean regained = held && !mayAct();
    aliveNs = Clock.nowNs();
    leaseHeld = held;
    if (regained) {
      listener.leaseRegained();
    }
  }

  @Override
  public void declaredDead(String reason) {
    leaseHeld = false;
    listener.ended("the cluster has declared this worker dead: " + reason);
  }

  @Override
  public void left() {
    leaseHeld = false;
    leaving = true;
  }

  @Override
  public void unavailable(String reason, boolean forEver) {
    listener.unavailable(reason, forEver);
  }

  @Override
  public void proposalRefused(Entry entry, String reason) {
    LOG.log(System.Logger.Level.DEBUG, "An entry was refused: " + entry + ": " + reason);
  }

  @Override
  public void changeVoters(List<WorkerId> changed, boolean add) {
    ReplicatedLog voted = log;
    if (voted == null) {
      submit(() -> service.votersChanged(false, List.of(), Clock.nowNs()));
      return;
    }
    var _ =
        (add ? voted.addVoters(changed) : voted.removeVoter(changed.getFirst()))
            .whenComplete((_, failure) ->
                submit(
                    () -> service.votersChanged(failure == null, voted.voters(), Clock.nowNs())));
  }

  @Override
  public void suspectVoter(WorkerId voter) {
    ReplicatedLog voted = log;
    if (voted != null) {
      voted.suspect(voter);
    }
  }

  @Override
  public void startVoter(List<Contact> peers) {
    if (log != null) {
      submit(() -> service.voterStarted(Clock.nowNs()));
      return;
    }
    List<InetSocketAddress> addresses =
        peers.stream().map(peer -> new InetSocketAddress(peer.host(), peer.port())).toList();
    Thread.ofPlatform().daemon().name("deed-voter").start(() -> startVoterAt(addresses));
  }

  private void startVoterAt(List<InetSocketAddress> addresses) {
    try {
      ReplicatedLog joined = ReplicatedLog.join(logConfig(), addresses, new Committed());
      log = joined;
      if (closed) {
        joined.close();
      }
      submit(() -> service.voterStarted(Clock.nowNs()));
    } catch (LogException e) {
      LOG.log(
          System.Logger.Level.WARNING, "The voters' channel can't be joined: " + e.getMessage());
      submit(() -> service.voterFailed(Clock.nowNs()));
    }
  }

  @Override
  public void stopVoter() {
    ReplicatedLog voted = log;
    log = null;
    if (voted != null) {
      stopping = Thread.ofPlatform().daemon().name("deed-voter").start(voted::close);
    }
  }

  @Override
  public void probe(WorkerId worker) {
    try {
      if (LivenessLock.probe(ports.directory(), worker) == LivenessLock.Probe.ENDED) {
        proofOfDeath(worker, "its process has ended");
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "A lock can't be probed: " + e.getMessage());
    }
  }

  // --- the replicated log -----------------------------------------------------------------------

  private ReplicatedLog.Config logConfig() {
    WireWriter out = new WireWriter(16);
    new Entry.Mark().write(out);
    return ReplicatedLog.Config.of(
        ports.cluster(), ports.endpoint().self(), ports.groupSockets(), out.toBytes());
  }

  /// Hears the replicated log.
  private final class Committed implements LogListener {
    @Override
    public void committed(long index, byte[] entry) {
      Entry decoded = Entry.read(new WireReader(entry));
      submit(() -> service.committed(index, decoded, Clock.nowNs()));
    }

    @Override
    public void leadership(boolean leads) {
      ReplicatedLog voted = log;
      List<WorkerId> voters = voted == null ? List.of(ports.endpoint().self()) : voted.voters();
      submit(() -> service.leadership(leads, voters, Clock.nowNs()));
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    ReplicatedLog voted = log;
    if (voted != null) {
      voted.close();
    }
    links.close();
    if (Thread.currentThread() != thread) {
      Threads.join(thread);
    }
    Thread stopped = stopping;
    if (stopped != null) {
      Threads.join(stopped);
    }
  }
}
