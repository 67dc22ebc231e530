package dev.deed.evaluation.experiments.owners;

import dev.deed.Deed;
import dev.deed.Ref;
import dev.deed.WorkerId;
import dev.deed.papers.nsdi21.Executions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What owners do in this experiment: tasks that own calls and values, on the public API.
final class OwnerPrograms {
  private static final int WARM_UP_BATCHES = 5;

  private OwnerPrograms() {}

  /// How fast an owner at a worker is.
  ///
  /// @param tasksPerSecond in batches, the median of the batches
  /// @param p50Us and of one call after the other, until its value is there
  record Speed(double tasksPerSecond, double p50Us, double p99Us) {}

  /// References and the worker that owns them.
  record Held(WorkerId owner, List<Ref<Integer>> values) {}

  /// Calls batches of tasks that do nothing, then single ones.
  static Speed speed(int batches, int batch, int singles) {
    double[] rates = new double[batches];
    for (int i = -WARM_UP_BATCHES; i < batches; i++) {
      long began = System.nanoTime();
      List<Ref<Integer>> refs = new ArrayList<>(batch);
      for (int j = 0; j < batch; j++) {
        refs.add(Deed.submit(() -> 1));
      }
      Deed.getAll(refs);
      refs.forEach(Ref::close);
      if (i >= 0) {
        rates[i] = batch * 1e9 / (System.nanoTime() - began);
      }
    }
    double[] micros = new double[singles];
    for (int i = 0; i < singles; i++) {
      long began = System.nanoTime();
      try (Ref<Integer> ref = Deed.submit(() -> 1)) {
        ref.get();
      }
      micros[i] = (System.nanoTime() - began) / 1e3;
    }
    Arrays.sort(rates);
    Arrays.sort(micros);
    return new Speed(rates[batches / 2], micros[singles / 2], micros[singles * 99 / 100]);
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
