package dev.deed.futures;

import static dev.deed.Deed.getAll;
import static dev.deed.Deed.put;
import static dev.deed.Deed.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Ref;
import dev.deed.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Many tasks from many threads, and nothing left of them.
final class ChurnTest {
  private final Session session = Deed.local(DeedConfig.defaults().workerCpus(2));

  @AfterEach
  void close() {
    Leaks.assertNone(session);
    session.close();
  }

  @Test
  void aHundredThousandTasksLeaveNothing() {
    long sum = 0;
    for (int round = 0; round < 20; round++) {
      List<Ref<Integer>> refs = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        int number = i;
        refs.add(submit(() -> number));
      }
      for (int number : getAll(refs)) {
        sum += number;
      }
      if (round % 2 == 0) {
        refs.forEach(Ref::close);
      }
    }
    assertThat(sum).isEqualTo(20L * 5_000 * 4_999 / 2);
  }

  @Test
  void manyThreadsMayCallAtOnce() throws Exception {
    AtomicLong sum = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 1_000; i++) {
                  Ref<Integer> one = put(1);
                  sum.addAndGet(submit(Math::addExact, one, one).get());
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(sum.get()).isEqualTo(16_000);
  }

  @Test
  void tasksWhoseReferencesAreDroppedStillRun() throws Exception {
    Gate last = Gate.shut();
    for (int i = 0; i < 1_000; i++) {
      submit(() -> 1).close();
    }
    Deed.run(last::open).close();
    last.pass();
  }
}
