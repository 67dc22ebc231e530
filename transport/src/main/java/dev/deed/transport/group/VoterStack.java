package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jgroups.JChannel;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FRAG2;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.PerDestinationBundler;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.protocols.raft.NO_DUPES;
import org.jgroups.protocols.raft.REDIRECT;
import org.jgroups.stack.Protocol;

/// Builds the voters' JGroups channel (protocol.md §4). A suspicion is verified: a false one costs
/// not just an election but a split, which a merge mends only seconds later.
final class VoterStack {
  /// Silence after which a voter is suspected, in milliseconds.
  static final int SILENCE_MS = 1_000;

  /// Time that a suspect has to contradict, in milliseconds. A proof of death does not wait for it.
  static final int VERIFY_MS = 150;

  /// How long a joiner waits for an answer, in milliseconds; usually it comes at once.
  static final int JOIN_MS = 1_500;

  /// How long a merge waits for who takes part, in milliseconds. No suspicion is heard meanwhile,
  /// and for twice as long when the merge fails: 10 s with JGroups's own value.
  private static final int MERGE_MS = 1_500;

  private static final int MAX_MESSAGE = 4 << 20;

  /// The parts that the log talks to.
  record Parts(
      JChannel channel,
      TCP transport,
      GMS gms,
      SoundRaft raft,
      REDIRECT redirect,
      GroupThreads threads) {}

  private VoterStack() {}

  /// Loads JGroups: its first protocol reads tables, and each class is searched for its settings.
  static void load() {
    GroupSockets nowhere =
        new GroupSockets() {
          @Override
          public InetSocketAddress address() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
          }

          @Override
          public Socket dial(InetSocketAddress peer, int timeoutMs) throws IOException {
            throw new IOException("not to be dialled");
          }

          @Override
          public void accept(Consumer<Socket> taker) {
            // Nobody knows of it.
          }

          @Override
          public void refuse() {
            // Nobody asks.
          }
        };
    ReplicatedLog.Config config =
        ReplicatedLog.Config.of("loading", new WorkerId(0, 0), nowhere, new byte[1]);
    try (GroupServerSocket server = new GroupServerSocket(nowhere)) {
      build(config, server, List.of(), true).channel().close();
    } catch (Exception e) {
      throw new LogException(LogException.Kind.REFUSED, "JGroups can't be loaded: " + e, e);
    }
  }

  /// A channel that is not connected yet.
  ///
  /// @param alone whether it is to found a log of its own: then it waits for nobody
  static Parts build(
      ReplicatedLog.Config config,
      GroupServerSocket server,
      Collection<InetSocketAddress> peers,
      boolean alone)
      throws Exception {
    GroupThreads threads = new GroupThreads("deed-voter-", config.voter().brief());
    TCP tcp = transport(config.sockets(), server, threads);
    GMS gms =
        new GMS()
            .setJoinTimeout(alone ? 1 : JOIN_MS)
            .setLeaveTimeout(500)
            .setViewAckCollectionTimeout(500)
            .setMergeTimeout(MERGE_MS)
            .printLocalAddress(false);
    SoundRaft raft = raft(config);
    VoterElection election = new VoterElection();
    REDIRECT redirect = new REDIRECT();
    TCPPING discovery = new TCPPING();
    discovery.setPortRange(0);
    discovery.returnEntireCache(true);
    discovery.numDiscoveryRuns(alone ? 1 : 3);
    discovery.setInitialHosts(alone ? List.of(config.sockets().address()) : List.copyOf(peers));
    List<Protocol> protocols =
        List.of(
            tcp,
            discovery,
            new MERGE3().setMinInterval(1_000).setMaxInterval(3_000),
            new FD_ALL3().setTimeout(SILENCE_MS).setInterval(250),
            new VERIFY_SUSPECT2().setTimeout(VERIFY_MS),
            new NAKACK2().useMcastXmit(false).setXmitInterval(200),
            new UNICAST3().setXmitInterval(200),
            new STABLE().setDesiredAverageGossip(5_000).setMaxBytes(4 << 20),
            gms,
            new UFC().setMaxCredits(2 << 20).setMinThreshold(0.4),
            new MFC().setMaxCredits(2 << 20).setMinThreshold(0.4),
            new FRAG2().setFragSize(60_000),
            new NO_DUPES(),
            election,
            new LeaderWatch(raft, election),
            new SoundRaft.Acks(raft),
            raft,
            redirect);
    JChannel channel = new JChannel(protocols);
    tcp.getDiagnosticsHandler().setEnabled(false);
    return new Parts(channel, tcp, gms, raft, redirect, threads);
  }

  private static TCP transport(GroupSockets sockets, GroupServerSocket server, GroupThreads threads)
      throws Exception {
    TCP tcp = new VoterTransport();
    tcp.setBindAddress(sockets.address().getAddress());
    tcp.setBindPort(sockets.address().getPort());
    tcp.setPortRange(0);
    tcp.setMaxLength(MAX_MESSAGE);
    tcp.enableSuspectEvents(true);
    // Virtual ones don't run while tasks compute on all processors, and the voter would be
    // suspected.
    tcp.useVirtualThreads(false);
    tcp.setThreadFactory(threads);
    tcp.setSockConnTimeout(300);
    tcp.tcpNodelay(true);
    PerDestinationBundler bundler = new PerDestinationBundler();
    bundler.setMaxSize(64_000);
    bundler.setCapacity(4_096);
    bundler.useSingleSenderThread(false);
    tcp.setBundler(bundler);
    tcp.setSocketFactory(new GroupSocketFactory(sockets, server));
    return tcp;
  }

  private static SoundRaft raft(ReplicatedLog.Config config) {
    String id = config.voter().toString();
    SoundRaft raft = new SoundRaft();
    raft.raftId(id).resendInterval(50).maxLogSize(config.snapshotBytes()).maxLogCacheSize(0);
    raft.log(new MemoryLog());
    return raft;
  }
}
