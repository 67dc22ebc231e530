package dev.deed.faultinjection.chaos.processes;

import static dev.deed.Deed.put;
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
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/// A program whose job is kept in a journal, with results and a put of a megabyte each. Each
/// execution leaves a file. It says `stored` when all results are there, and goes on when there is
/// a file `go`. Its argument is the folder of these files.
final class StoringDriver {
  static final int CALLS = 4;
  static final int LENGTH = 1 << 17;

  private StoringDriver() {}

  /// What the program prints in the end.
  static long sum() {
    long sum = sum(values(CALLS));
    for (int i = 0; i < CALLS; i++) {
      sum += 2 * sum(values(i));
    }
    return sum;
  }

  public static void main(String[] arguments) throws InterruptedException {
    Path folder = Path.of(arguments[0]);
    try (Session session = Deed.localCluster(2)) {
      for (Member member : session.cluster().members()) {
        System.out.println(member.pid());
      }
      String marks = folder.toString();
      Ref<long[]> given = put(values(CALLS));
      List<Ref<long[]>> calls = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        int number = i;
        calls.add(submit(() -> step(marks, number)));
      }
      Deed.await(calls, CALLS, Duration.ofSeconds(60));
      System.out.println("stored");
      while (!Files.exists(folder.resolve("go"))) {
        Thread.sleep(20);
      }
      // Read where it is, and by tasks at the workers.
      long sum = submit(StoringDriver::sum, given).get();
      for (Ref<long[]> call : calls) {
        sum += sum(call.get()) + submit(StoringDriver::sum, call).get();
      }
      System.out.println("sum " + sum);
    }
  }

  private static long[] step(String folder, int number) throws IOException {
    Files.createFile(Path.of(folder, number + "-" + UUID.randomUUID()));
    return values(number);
  }

  private static long[] values(int number) {
    long[] values = new long[LENGTH];
    Arrays.setAll(values, i -> (i + 1L) * (number + 3));
    return values;
  }

  private static long sum(long[] values) {
    return Arrays.stream(values).sum();
  }
}
