package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.View;
import org.jgroups.protocols.TP;
import org.jgroups.stack.ProtocolStack;

/// Three voters in this process, whose links can be cut in each direction, whose views can be
/// forced, and which can die.
final class VoterGroup implements AutoCloseable {
  static final int SIZE = 3;

  /// Bound of what is awaited, in milliseconds.
  private static final long GUARD_MS = 20_000;

  final List<ReplicatedLog> logs = new ArrayList<>();
  private final List<CutProtocol> cuts = new ArrayList<>();
  private final List<TestSockets> sockets = new ArrayList<>();
  private final List<ConcurrentLinkedQueue<String>> heard = new ArrayList<>();
  private final List<Integer> living = new ArrayList<>();
  private int entries;

  VoterGroup(String cluster, Path names) throws Exception {
    try {
      List<WorkerId> added = new ArrayList<>();
      for (int i = 0; i < SIZE; i++) {
        WorkerId id = new WorkerId(43, i + 1);
        sockets.add(new TestSockets(id, names));
        heard.add(new ConcurrentLinkedQueue<>());
        ReplicatedLog.Config config =
            ReplicatedLog.Config.of(cluster, id, sockets.get(i).sockets, new byte[1]);
        LogListener listener = listener(heard.get(i));
        logs.add(
            i == 0
                ? ReplicatedLog.bootstrap(config, listener)
                : ReplicatedLog.join(config, List.of(sockets.get(0).endpoint.address()), listener));
        CutProtocol cut = new CutProtocol();
        stack(i).insertProtocol(cut, ProtocolStack.Position.ABOVE, TP.class);
        cuts.add(cut);
        living.add(i);
        if (i > 0) {
          added.add(id);
        }
      }
      logs.get(0).addVoters(added).join();
      commit();
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  private static LogListener listener(ConcurrentLinkedQueue<String> heard) {
    return new LogListener() {
      @Override
      public void committed(long index, byte[] entry) {
        heard.add(index + " " + Arrays.toString(entry));
      }

      @Override
      public void leadership(boolean leads) {
        // Asked for with isLeader.
      }
    };
  }

  private ProtocolStack stack(int voter) {
    return logs.get(voter).parts().channel().getProtocolStack();
  }

  Address address(int voter) {
    return logs.get(voter).parts().channel().getAddress();
  }

  View view(int voter) {
    return logs.get(voter).parts().channel().getView();
  }

  /// The voter that leads, or -1.
  int leader() {
    return living.stream().filter(i -> logs.get(i).isLeader()).findFirst().orElse(-1);
  }

  /// From here on `to` hears nothing of what `from` says.
  void cut(int from, int to) {
    cuts.get(to).deafTo.add(address(from));
  }

  void heal() {
    for (int i : living) {
      living.forEach(other -> cuts.get(i).deafTo.remove(address(other)));
    }
  }

  /// The voter is silent from here on; its connections stay.
  void silence(int voter) {
    living.remove(Integer.valueOf(voter));
    for (int i = 0; i < SIZE; i++) {
      if (i != voter) {
        cut(voter, i);
        cut(i, voter);
      }
    }
  }

  /// The voter is silent, and its connections end.
  void kill(int voter) throws IOException {
    silence(voter);
    logs.get(voter).parts().transport().clearConnections(false);
    sockets.get(voter).close();
  }

  /// Appends an entry at some living voter, again until it is committed, and waits until all that
  /// live have heard it.
  void commit() throws InterruptedException {
    byte[] entry = {2, (byte) ++entries};
    String wanted = " " + Arrays.toString(entry);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GUARD_MS);
    while (!allHeard(wanted)) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("no entry was committed: " + account());
      }
      int leader = leader();
      if (leader < 0) {
        Thread.sleep(10);
        continue;
      }
      try {
        logs.get(leader).append(entry).join();
        awaitHeard(wanted);
      } catch (CompletionException e) {
        // The leader changed: the next one is asked.
      }
    }
  }

  private void awaitHeard(String wanted) throws InterruptedException {
    for (int tries = 0; tries < 20 && !allHeard(wanted); tries++) {
      Thread.sleep(10);
    }
  }

  private boolean allHeard(String wanted) {
    return living.stream()
        .allMatch(i -> heard.get(i).stream().anyMatch(line -> line.endsWith(wanted)));
  }

  /// What each living voter believes.
  String account() {
    StringBuilder text = new StringBuilder();
    for (int i : living) {
      SoundRaft raft = logs.get(i).parts().raft();
      text.append("\n").append(address(i)).append(": view ").append(view(i));
      text.append(", leader ").append(raft.leader()).append(", term ").append(raft.currentTerm());
    }
    return text.toString();
  }

  @Override
  public void close() {
    logs.parallelStream().forEach(ReplicatedLog::close);
    for (TestSockets one : sockets) {
      try {
        one.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
