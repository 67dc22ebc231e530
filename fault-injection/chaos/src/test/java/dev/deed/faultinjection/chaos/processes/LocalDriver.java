package dev.deed.faultinjection.chaos.processes;

import static dev.deed.Deed.with;

import dev.deed.Deed;
import dev.deed.Member;
import dev.deed.Ref;
import dev.deed.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A program with a cluster: it says who belongs to it, keeps all workers busy, and goes on for
/// ever. Its argument says where its session comes from.
final class LocalDriver {
  private LocalDriver() {}

  public static void main(String[] arguments) throws InterruptedException {
    List<Ref<byte[]>> kept = new ArrayList<>();
    try (Session session = arguments[0].equals("own") ? Deed.localCluster(2) : Deed.connect()) {
      List<Member> members = session.cluster().members();
      for (Member member : members) {
        if (!member.driver()) {
          // A value that lies in the worker's store.
          kept.add(with(o -> o.onWorker(member.id())).submit(() -> Bytes.of(1, Bytes.MIB)));
        }
      }
      Deed.await(kept, kept.size(), Duration.ofSeconds(60));
      for (Member member : members) {
        if (!member.driver()) {
          with(o -> o.onWorker(member.id())).run(() -> Thread.sleep(600_000));
        }
        System.out.println(member.pid() + " " + member.id());
      }
      System.out.println(ProcessHandle.current().pid() + " ready");
      Thread.sleep(600_000);
    }
  }
}
