package dev.deed.futures;

import static dev.deed.Deed.asCompleted;
import static dev.deed.Deed.await;
import static dev.deed.Deed.getAll;
import static dev.deed.Deed.put;
import static dev.deed.Deed.run;
import static dev.deed.Deed.submit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.DeadlineException;
import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.InterruptedGetException;
import dev.deed.Outcome;
import dev.deed.Ready;
import dev.deed.Ref;
import dev.deed.Session;
import dev.deed.SessionClosedException;
import dev.deed.TaskFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The verbs that wait.
final class WaitingTest {
  private final Session session = Deed.local(DeedConfig.defaults().workerCpus(2));

  @AfterEach
  void close() {
    Leaks.assertNone(session);
    session.close();
  }

  private static Ref<@Nullable Void> gated(Gate gate) {
    return run(gate::pass);
  }

  @Test
  void aGetEndsAtItsTimeout() {
    Gate gate = Gate.shut();
    Ref<@Nullable Void> ref = gated(gate);
    assertThatThrownBy(() -> ref.get(Duration.ofMillis(20)))
        .isInstanceOf(DeadlineException.class)
        .hasMessageContaining("goes on");
    assertThatThrownBy(() -> ref.get(Duration.ZERO)).isInstanceOf(DeadlineException.class);
    assertThatThrownBy(() -> ref.get(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(ref.isDone()).isFalse();
    gate.open();
    assertThat(ref.get(Duration.ofDays(100_000_000))).isNull();
    assertThat(ref.isDone()).isTrue();
    assertThat(ref.get(Duration.ZERO)).isNull();
  }

  @Test
  void anInterruptEndsTheGetAndNotTheTask() throws Exception {
    Gate gate = Gate.shut();
    Ref<@Nullable Void> ref = gated(gate);
    AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              try {
                ref.get();
              } catch (InterruptedGetException e) {
                seen.set(Thread.currentThread().isInterrupted() ? e : null);
              }
            });
    reader.interrupt();
    reader.join();
    assertThat(seen.get()).isInstanceOf(InterruptedGetException.class);
    gate.open();
    assertThat(ref.get()).isNull();
  }

  @Test
  void awaitTellsHowATaskCameOut() {
    assertThat(submit(() -> 1).await()).isEqualTo(new Outcome.Success<>(1));
    Outcome<Integer> failed =
        Deed.<Integer>submit(
                () -> {
                  throw new IllegalStateException();
                })
            .await();
    assertThat(failed).isInstanceOf(Outcome.Failure.class);
  }

  @Test
  void someOfManyAreAwaited() {
    Gate gate = Gate.shut();
    Ref<Integer> now = put(1);
    Ref<@Nullable Void> later = gated(gate);
    List<Ref<?>> both = List.of(later, now);
    Ready<Ref<?>> ready = await(both, 1, Duration.ofSeconds(30));
    assertThat(ready.done()).containsExactly(now);
    assertThat(ready.pending()).containsExactly(later);
    Ready<Ref<?>> timedOut = await(both, 2, Duration.ofMillis(20));
    assertThat(timedOut.done()).containsExactly(now);
    gate.open();
    assertThat(await(both, 2, Duration.ofSeconds(30)).pending()).isEmpty();
    assertThatThrownBy(() -> await(both, 3, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(await(List.<Ref<?>>of(), 0, Duration.ZERO).done()).isEmpty();
  }

  @Test
  void allValuesComeInOrder() {
    List<Ref<Integer>> refs = new ArrayList<>();
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      int number = i;
      refs.add(submit(() -> number));
      expected.add(i);
    }
    assertThat(getAll(refs)).isEqualTo(expected);
    assertThat(getAll(List.<Ref<Integer>>of())).isEmpty();
  }

  @Test
  void oneFailureEndsTheWaitForAll() {
    Gate gate = Gate.shut();
    Ref<@Nullable Void> never = gated(gate);
    Ref<@Nullable Void> fails =
        run(() -> {
          throw new IllegalStateException("first");
        });
    assertThatThrownBy(() -> getAll(List.of(never, fails)))
        .isInstanceOf(TaskFailedException.class)
        .hasRootCauseMessage("first");
    gate.open();
  }

  @Test
  void referencesComeAsTheyComplete() {
    Gate first = Gate.shut();
    Gate second = Gate.shut();
    Ref<@Nullable Void> one = gated(first);
    Ref<@Nullable Void> two = gated(second);
    List<Ref<@Nullable Void>> seen = new ArrayList<>();
    second.open();
    try (Stream<Ref<@Nullable Void>> stream = asCompleted(List.of(one, two))) {
      stream.forEach(ref -> {
        seen.add(ref);
        first.open();
      });
    }
    assertThat(seen).containsExactly(two, one);
  }

  @Test
  void aStreamMayBeLeftEarly() {
    Gate gate = Gate.shut();
    Ref<@Nullable Void> later = gated(gate);
    Ref<@Nullable Void> now = run(() -> {});
    try (Stream<Ref<@Nullable Void>> stream = asCompleted(List.of(later, now))) {
      assertThat(stream.findFirst()).contains(now);
    }
    gate.open();
    assertThat(later.get()).isNull();
  }

  @Test
  void manyCompletionsAreAllSeen() {
    List<Ref<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      int number = i;
      refs.add(submit(() -> number));
    }
    Set<Integer> seen = new HashSet<>();
    asCompleted(refs).forEach(ref -> seen.add(ref.get()));
    assertThat(seen).hasSize(2000);
  }

  @Test
  void theEndOfTheSessionEndsAllWaits() throws Exception {
    Session other = Deed.local(DeedConfig.defaults().workerCpus(1));
    Gate gate = Gate.shut();
    Ref<@Nullable Void> ref = other.callHere(() -> gated(gate));
    AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
    Gate waiting = Gate.shut();
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              waiting.open();
              try {
                ref.get();
              } catch (SessionClosedException e) {
                seen.set(e);
              }
            });
    waiting.pass();
    other.close();
    reader.join();
    assertThat(seen.get()).isInstanceOf(SessionClosedException.class);
  }
}
