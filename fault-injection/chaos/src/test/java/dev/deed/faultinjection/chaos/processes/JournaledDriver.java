package dev.deed.faultinjection.chaos.processes;

import static dev.deed.Deed.submit;

import dev.deed.Deed;
import dev.deed.Member;
import dev.deed.Ref;
import dev.deed.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// A program whose job is kept in a journal: calls whose executions leave a file each, the second
/// half of which ends only when there is a file `go`. Its arguments are the folder of these files,
/// where its session comes from, and a number that all calls capture.
final class JournaledDriver {
  static final int CALLS = 20;

  private JournaledDriver() {}

  public static void main(String[] arguments) throws InterruptedException {
    String folder = arguments[0];
    int offset = Integer.parseInt(arguments[2]);
    try (Session session = arguments[1].equals("own") ? Deed.localCluster(2) : Deed.connect()) {
      for (Member member : session.cluster().members()) {
        System.out.println(member.pid());
      }
      List<Ref<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        int number = i;
        calls.add(submit(() -> step(folder, number, offset)));
      }
      Deed.await(calls.subList(0, CALLS / 2), CALLS / 2, Duration.ofSeconds(60));
      System.out.println("half");
      int sum = 0;
      for (Ref<Integer> call : calls) {
        sum += call.get();
      }
      System.out.println("sum " + sum);
    }
  }

  private static int step(String folder, int number, int offset)
      throws IOException, InterruptedException {
    Files.createFile(Path.of(folder, number + "-" + UUID.randomUUID()));
    while (number >= CALLS / 2 && !Files.exists(Path.of(folder, "go"))) {
      Thread.sleep(20);
    }
    return number * number + offset;
  }
}
