package dev.deed.faultinjection.chaos.processes;

import static dev.deed.Deed.submit;

import dev.deed.Deed;
import dev.deed.Member;
import dev.deed.Ref;
import dev.deed.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/// A program whose job is kept in a journal that grows by 40 KB with each call. Each execution
/// leaves a file; what has been got is printed. Its argument is the folder of these files.
final class FillingDriver {
  static final int CALLS = 40;
  private static final int LENGTH = 40_000;

  private FillingDriver() {}

  public static void main(String[] arguments) {
    String folder = arguments[0];
    try (Session session = Deed.localCluster(1)) {
      for (Member member : session.cluster().members()) {
        System.out.println(member.pid());
      }
      List<Ref<byte[]>> calls = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        int number = i;
        calls.add(submit(() -> step(folder, number)));
        byte[] got = calls.getLast().get();
        System.out.println("got " + number + " " + got[0]);
      }
      System.out.println("all");
    }
  }

  private static byte[] step(String folder, int number) throws IOException {
    Files.createFile(Path.of(folder, number + "-" + UUID.randomUUID()));
    return bytes(number);
  }

  /// What nothing makes shorter.
  static byte[] bytes(int number) {
    byte[] bytes = new byte[LENGTH];
    new Random(number).nextBytes(bytes);
    return bytes;
  }
}
