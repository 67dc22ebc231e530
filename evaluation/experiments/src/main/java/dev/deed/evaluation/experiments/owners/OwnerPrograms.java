package dev.deed.evaluation.experiments.owners;

import dev.deed.Deed;
import dev.deed.Durability;
import dev.deed.Ref;
import dev.deed.WorkerId;
import dev.deed.papers.nsdi21.Executions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What owners do in this experiment: tasks that own calls and values, on the public API.
final class OwnerPrograms {
  /// Calls that are made before the first is waited for.
  static final int BATCH = 1_000;

  private OwnerPrograms() {}

  /// How fast an owner at a worker is.
  ///
  /// @param batches that were measured
  /// @param tasksPerSecond in the median of the batches
  /// @param p50Us and of one call after the other, until its value is there
  record Speed(int batches, double tasksPerSecond, double p50Us, double p99Us) {}

  /// References and the worker that owns them.
  record Held(WorkerId owner, List<Ref<Integer>> values) {}

  /// Calls batches of tasks that do nothing, then single ones.
  static Speed speed(Duration lasting, int singles) {
    double[] rates = batches(lasting);
    double[] micros = new double[singles];
    for (int i = 0; i < singles; i++) {
      long began = System.nanoTime();
      try (Ref<Integer> ref = Deed.submit(() -> 1)) {
        ref.get();
      }
      micros[i] = (System.nanoTime() - began) / 1e3;
    }
    Arrays.sort(micros);
    return new Speed(
        rates.length, rates[rates.length / 2], micros[singles / 2], micros[singles * 99 / 100]);
  }

  /// Tasks a second in each batch, sorted.
  private static double[] batches(Duration lasting) {
    List<Double> rates = new ArrayList<>();
    long end = System.nanoTime() + lasting.toNanos();
    do {
      long began = System.nanoTime();
      List<Ref<Integer>> refs = new ArrayList<>(BATCH);
      for (int i = 0; i < BATCH; i++) {
        refs.add(Deed.submit(() -> 1));
      }
      Deed.getAll(refs);
      refs.forEach(Ref::close);
      rates.add(BATCH * 1e9 / (System.nanoTime() - began));
    } while (System.nanoTime() - end < 0);
    return rates.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  /// Puts what its owner's heirs must have, and so waits until there are as many as there can be.
  static boolean hasHeirs() {
    try (Ref<Integer> ref = Deed.with(options -> options.durability(Durability.SYNC)).put(0)) {
      return ref.get() == 0;
    }
  }

  /// Puts values and gives the references away.
  static Held puts(int count) {
    List<Ref<Integer>> refs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      refs.add(Deed.put(i));
    }
    return new Held(Deed.context().worker(), refs);
  }

  /// Calls children that sleep, and adds up what they return.
  static int parent(int children, long ms, Executions executions) {
    Executions.Running running = executions.begin("parent", 0);
    List<Ref<Integer>> refs = new ArrayList<>(children);
    for (int i = 0; i < children; i++) {
      int number = i;
      refs.add(Deed.submit(() -> child(number, ms, executions)));
    }
    int sum = Deed.getAll(refs).stream().mapToInt(Integer::intValue).sum();
    running.end();
    return sum;
  }

  private static int child(int number, long ms, Executions executions) throws InterruptedException {
    Executions.Running running = executions.begin("child", number);
    Thread.sleep(ms);
    running.end();
    return number;
  }
}
