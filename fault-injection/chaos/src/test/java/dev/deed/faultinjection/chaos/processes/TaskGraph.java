package dev.deed.faultinjection.chaos.processes;

import static dev.deed.Deed.put;
import static dev.deed.Deed.submit;
import static dev.deed.Deed.submitAll;

import dev.deed.Calls;
import dev.deed.Deed;
import dev.deed.Options;
import dev.deed.Ref;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A drawn graph of tasks, and two ways to compute it: plainly, and by tasks of Deed.
///
/// A node's value follows from its number and the values that it needs. Some nodes get them as
/// arguments, some capture references and read them, some have a task of their own do the work.
record TaskGraph(List<Node> nodes) {
  private static final int[] SIZES = {8, Bytes.KIB, 200 * Bytes.KIB};
  private static final int MOST_NEEDS = 3;
  private static final Calls STUBBORN = Deed.with(Options.DEFAULT.retries(100));

  private enum Manner {
    ARGUMENTS,
    CAPTURED,
    NESTED
  }

  /// One task.
  ///
  /// @param needs numbers of earlier nodes
  /// @param busyMs how long its execution takes besides
  private record Node(int number, List<Integer> needs, int size, Manner manner, int busyMs) {
    byte[] value(List<byte[]> inputs) {
      long seed = number;
      for (byte[] input : inputs) {
        seed = 31 * seed + Bytes.sum(input);
      }
      return Bytes.of(seed, size);
    }

    byte[] work(List<byte[]> inputs) throws InterruptedException {
      Thread.sleep(busyMs);
      return value(inputs);
    }
  }

  /// Draws one of so many nodes.
  static TaskGraph draw(Random random, int count) {
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Integer> needs = new ArrayList<>();
      for (int n = random.nextInt(MOST_NEEDS + 1); n > 0 && i > 0; n--) {
        // Mostly near ones, so that the graph is deep as well as wide.
        needs.add(Math.max(0, i - 1 - random.nextInt(Math.min(i, 20))));
      }
      Manner manner = Manner.values()[random.nextInt(Manner.values().length)];
      int size = SIZES[random.nextInt(SIZES.length)];
      nodes.add(new Node(i, List.copyOf(needs), size, manner, random.nextInt(20)));
    }
    return new TaskGraph(List.copyOf(nodes));
  }

  /// The checksums of all values, computed on this thread.
  List<Long> plain() {
    List<byte[]> values = new ArrayList<>();
    for (Node node : nodes) {
      values.add(node.value(node.needs.stream().map(values::get).toList()));
    }
    return values.stream().map(Bytes::sum).toList();
  }

  /// The same by tasks. Each get waits `guard` at most.
  List<Long> run(Duration guard) {
    List<Ref<byte[]>> values = new ArrayList<>();
    List<Ref<Long>> sums = new ArrayList<>();
    for (Node node : nodes) {
      Ref<byte[]> value = call(node, node.needs.stream().map(values::get).toList());
      values.add(value);
      sums.add(STUBBORN.submit(Bytes::sum, value));
    }
    values.forEach(Ref::close);
    List<Long> results = new ArrayList<>();
    for (Ref<Long> sum : sums) {
      results.add(sum.get(guard));
      sum.close();
    }
    return results;
  }

  private static Ref<byte[]> call(Node node, List<Ref<byte[]>> inputs) {
    return switch (node.manner) {
      case ARGUMENTS -> STUBBORN.submitAll(node::work, inputs);
      case CAPTURED -> STUBBORN.submit(() -> node.work(inputs.stream().map(Ref::get).toList()));
      case NESTED ->
          STUBBORN.submit(() -> {
            Ref<List<Ref<byte[]>>> borrowed = put(inputs);
            Ref<byte[]> inner =
                submit(refs -> node.work(refs.stream().map(Ref::get).toList()), borrowed);
            Ref<byte[]> checked = submitAll(all -> all.getFirst(), List.of(inner));
            return checked.get();
          });
    };
  }
}
