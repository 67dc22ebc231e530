package dev.deed.futures;

import static dev.deed.Deed.getAll;
import static dev.deed.Deed.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Ref;
import dev.deed.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Tasks that wait for tasks, with fewer processors than tasks that wait.
final class NestedTasksTest {
  private final Session session = Deed.local(DeedConfig.defaults().workerCpus(1));

  @AfterEach
  void close() {
    Leaks.assertNone(session);
    session.close();
  }

  private static int depth(int n) {
    return n == 0 ? 0 : submit(() -> depth(n - 1)).get() + 1;
  }

  @Test
  void aThousandNestedTasksNeedOneProcessor() {
    assertThat(submit(() -> depth(1000)).get()).isEqualTo(1000);
  }

  private static int fib(int n) {
    if (n < 2) {
      return n;
    }
    Ref<Integer> one = submit(() -> fib(n - 1));
    Ref<Integer> two = submit(() -> fib(n - 2));
    return one.get() + two.get();
  }

  @Test
  void aTreeOfTasksNeedsOneProcessor() {
    assertThat(submit(() -> fib(15)).get()).isEqualTo(610);
  }

  @Test
  void prefetchedTasksDoNotWaitBehindABlockedOne() {
    Gate gate = Gate.shut();
    List<Ref<Integer>> blocked = new ArrayList<>();
    Ref<Boolean> gated =
        submit(() -> {
          gate.pass();
          return true;
        });
    for (int i = 0; i < 50; i++) {
      blocked.add(submit(() -> gated.get() ? 1 : 0));
    }
    Ref<Integer> opener =
        Deed.with(o -> o.cpus(0))
            .submit(() -> {
              gate.open();
              return 0;
            });
    assertThat(opener.get()).isZero();
    assertThat(getAll(blocked)).hasSize(50).containsOnly(1);
  }

  /// Tasks of this test that run at a moment, and the most that ever did.
  private static final AtomicInteger RUNNING = new AtomicInteger();

  private static final AtomicInteger MOST = new AtomicInteger();

  private static int counted() {
    MOST.accumulateAndGet(RUNNING.incrementAndGet(), Math::max);
    Thread.onSpinWait();
    RUNNING.decrementAndGet();
    return 1;
  }

  @Test
  void noMoreTasksRunAtOnceThanThereAreProcessors() {
    List<Ref<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      refs.add(submit(NestedTasksTest::counted));
    }
    assertThat(getAll(refs)).hasSize(500);
    assertThat(MOST.get()).isEqualTo(1);
  }

  @Test
  void noThreadIsMadeForATaskThatDoesNotBlock() {
    List<Ref<String>> refs = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      refs.add(submit(() -> Thread.currentThread().getName()));
    }
    assertThat(getAll(refs).stream().distinct().count()).isLessThanOrEqualTo(2);
  }
}
