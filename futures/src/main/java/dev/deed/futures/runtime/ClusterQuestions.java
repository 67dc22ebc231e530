package dev.deed.futures.runtime;

import dev.deed.ClusterUnavailableException;
import dev.deed.MemoryReport;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.Member;
import dev.deed.transport.Threads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Asks workers about themselves and each other; whoever asks need be no member.
final class ClusterQuestions {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MAX_MEMBERSHIP_BYTES = 16 << 20;

  private ClusterQuestions() {}

  /// How one that asks reaches a member.
  @FunctionalInterface
  interface Clients {
    /// A new connection of kind `CLIENT`, with the other end proved to be `worker`.
    SocketChannel dial(WorkerId worker, InetSocketAddress address) throws IOException;
  }

  /// The members as one of them follows the membership log.
  ///
  /// @param followed how many entries of the log it follows
  /// @param members in the order of their joins
  record Membership(long followed, List<Member> members) {
    byte[] toBytes() {
      WireWriter out = new WireWriter(256);
      out.writeLong(followed);
      out.writeInt(members.size());
      members.forEach(member -> member.write(out));
      return out.toBytes();
    }

    static Membership read(byte[] bytes) {
      WireReader in = new WireReader(bytes);
      long followed = in.readLong();
      int count = in.readCount(20);
      List<Member> members = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        members.add(Member.read(in));
      }
      in.expectEnd();
      return new Membership(followed, List.copyOf(members));
    }
  }

  /// What the worker at the other end of `channel` knows of its cluster.
  static Membership membership(SocketChannel channel) throws IOException {
    return Membership.read(
        Inquiry.ask(channel, new Question.Membership(), MAX_MEMBERSHIP_BYTES, PATIENCE));
  }

  /// The tables of all `members`, asked at the same time. Throws [ClusterUnavailableException] that
  /// names those that did not answer within 5 s.
  static List<MemoryReport> memory(Collection<Member> members, Clients clients) {
    Map<WorkerId, MemoryReport> reports = new ConcurrentHashMap<>();
    Map<WorkerId, String> failures = new ConcurrentHashMap<>();
    List<Thread> askers = new ArrayList<>();
    for (Member member : members) {
      askers.add(
          Thread.ofVirtual()
              .name("deed-memory-" + member.id().brief())
              .inheritInheritableThreadLocals(false)
              .start(() -> ask(member, clients, reports, failures)));
    }
    askers.forEach(Threads::join);
    if (!failures.isEmpty()) {
      throw new ClusterUnavailableException(
          failures.size()
              + " of "
              + members.size()
              + " members did not tell what they hold: "
              + String.join("; ", failures.values()),
          null);
    }
    return List.copyOf(reports.values());
  }

  private static void ask(
      Member member,
      Clients clients,
      Map<WorkerId, MemoryReport> reports,
      Map<WorkerId, String> failures) {
    InetSocketAddress address = new InetSocketAddress(member.address(), member.port());
    try {
      SocketChannel channel = clients.dial(member.id(), address);
      byte[] answer = Inquiry.ask(channel, new Question.Memory(), ReportCodec.MAX_BYTES, PATIENCE);
      reports.put(member.id(), ReportCodec.read(answer));
    } catch (IOException | MalformedException e) {
      failures.put(
          member.id(),
          (member.driver() ? "driver " : "worker ")
              + member.id().brief()
              + " at "
              + member.address()
              + ":"
              + member.port()
              + " ("
              + e.getMessage()
              + ")");
    }
  }

  /// One report of all.
  static MemoryReport sum(List<MemoryReport> reports) {
    return new MemoryReport(
        reports.stream().flatMap(report -> report.references().stream()).toList(),
        reports.stream().mapToLong(MemoryReport::storedBytes).sum(),
        reports.stream().mapToLong(MemoryReport::lineageBytes).sum(),
        reports.stream().mapToLong(MemoryReport::replicatedBytes).sum());
  }
}
