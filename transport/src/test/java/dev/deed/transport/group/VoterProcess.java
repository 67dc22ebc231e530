package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;

/// A voter in a process of its own, told what to do on its standard input, one command a line;
/// tells what happens on its standard output, with the time in nanoseconds of the machine's
/// monotonic clock.
final class VoterProcess {
  private VoterProcess() {}

  public static void main(String[] arguments) throws IOException {
    WorkerId id = WorkerId.parse(arguments[0]);
    LogListener listener =
        new LogListener() {
          @Override
          public void committed(long index, byte[] entry) {
            say("committed " + index + " " + new String(entry, StandardCharsets.UTF_8));
          }

          @Override
          public void leadership(boolean leads) {
            say("leads " + leads);
          }
        };
    List<InetSocketAddress> peers = new ArrayList<>();
    for (int i = 3; i < arguments.length; i++) {
      peers.add(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[i])));
    }
    byte[] mark = "-".getBytes(StandardCharsets.UTF_8);
    long start = System.nanoTime();
    try (TestSockets own = new TestSockets(id, Path.of(arguments[2]))) {
      ReplicatedLog.Config config = ReplicatedLog.Config.of(arguments[1], id, own.sockets, mark);
      try (ReplicatedLog log =
          peers.isEmpty()
              ? ReplicatedLog.bootstrap(config, listener)
              : ReplicatedLog.join(config, peers, listener)) {
        say("ready " + own.endpoint.address().getPort() + " " + (System.nanoTime() - start) / 1000);
        obey(log);
      }
    }
  }

  private static void obey(ReplicatedLog log) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", -1);
      try {
        switch (words[0]) {
          case "append" ->
              say("appended " + log.append(words[1].getBytes(StandardCharsets.UTF_8)).join());
          case "burst" -> burst(log, Integer.parseInt(words[1]));
          case "add" -> {
            log.addVoters(Arrays.stream(words).skip(1).map(WorkerId::parse).toList()).join();
            say("added");
          }
          case "remove" -> {
            log.removeVoter(WorkerId.parse(words[1])).join();
            say("removed");
          }
          case "suspect" -> log.suspect(WorkerId.parse(words[1]));
          case "voters" -> say("voters " + log.voters());
          default -> throw new IllegalArgumentException(line);
        }
      } catch (CompletionException e) {
        say("failed " + e.getCause());
      }
    }
  }

  private static void burst(ReplicatedLog log, int count) {
    long[] micros = new long[count];
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      log.append("-".getBytes(StandardCharsets.UTF_8)).join();
      micros[i] = (System.nanoTime() - start) / 1000;
    }
    Arrays.sort(micros);
    say(
        "burst p50="
            + micros[count / 2]
            + "us p99="
            + micros[count * 99 / 100]
            + "us max="
            + micros[count - 1]
            + "us");
  }

  private static synchronized void say(String text) {
    System.out.println(System.nanoTime() + " " + text);
  }
}
