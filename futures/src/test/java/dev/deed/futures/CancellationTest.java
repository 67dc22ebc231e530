package dev.deed.futures;

import static dev.deed.Deed.context;
import static dev.deed.Deed.put;
import static dev.deed.Deed.run;
import static dev.deed.Deed.submit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.CancelMode;
import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Ref;
import dev.deed.Session;
import dev.deed.TaskCancelledException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Cancelling tasks in each phase of their life.
final class CancellationTest {
  private final Session session = Deed.local(DeedConfig.defaults().workerCpus(1));

  @AfterEach
  void close() {
    Leaks.assertNone(session);
    session.close();
  }

  /// Passes `entered`, and then waits for what nobody opens until it is interrupted.
  private static void hang(Gate entered, Gate interrupted) throws InterruptedException {
    entered.open();
    try {
      Gate.shut().pass();
    } catch (InterruptedException e) {
      interrupted.open();
      throw e;
    }
  }

  @Test
  void aTaskThatWaitsForAnArgumentNeverRuns() throws Exception {
    Gate gate = Gate.shut();
    Gate ran = Gate.shut();
    Ref<@Nullable Void> gated = run(gate::pass);
    Ref<Integer> waiting =
        submit(
            _ -> {
              ran.open();
              return 1;
            },
            gated);
    assertThat(waiting.cancel()).isTrue();
    assertThatThrownBy(waiting::get)
        .isInstanceOf(TaskCancelledException.class)
        .hasMessageContaining("CancellationTest");
    gate.open();
    gated.get();
    assertThat(submit(() -> 1).get()).isEqualTo(1);
    assertThat(ran.isOpen()).isFalse();
  }

  @Test
  void aTaskThatWaitsForAProcessorNeverRuns() {
    Gate gate = Gate.shut();
    Gate ran = Gate.shut();
    Ref<@Nullable Void> holder = run(gate::pass);
    Ref<@Nullable Void> queued = run(ran::open);
    assertThat(queued.cancel()).isTrue();
    gate.open();
    holder.get();
    assertThatThrownBy(queued::get).isInstanceOf(TaskCancelledException.class);
    assertThat(ran.isOpen()).isFalse();
  }

  @Test
  void aRunningTaskIsInterrupted() throws Exception {
    Gate entered = Gate.shut();
    Gate interrupted = Gate.shut();
    Ref<@Nullable Void> hanging = run(() -> hang(entered, interrupted));
    entered.pass();
    assertThat(hanging.cancel()).isTrue();
    assertThatThrownBy(hanging::get).isInstanceOf(TaskCancelledException.class);
    interrupted.pass();
    assertThat(submit(() -> Thread.currentThread().isInterrupted()).get()).isFalse();
  }

  @Test
  void aCooperativeTaskLooksForItself() throws Exception {
    Gate entered = Gate.shut();
    Gate seen = Gate.shut();
    Ref<@Nullable Void> looking =
        run(() -> {
          entered.open();
          while (!context().isCancelled()) {
            Thread.onSpinWait();
          }
          if (!Thread.currentThread().isInterrupted()) {
            seen.open();
          }
        });
    entered.pass();
    assertThat(looking.cancel(CancelMode.COOPERATIVE)).isTrue();
    assertThatThrownBy(looking::get).isInstanceOf(TaskCancelledException.class);
    seen.pass();
  }

  @Test
  void descendantsEndWithTheirAncestor() throws Exception {
    Gate entered = Gate.shut();
    Gate interrupted = Gate.shut();
    Ref<@Nullable Void> outer =
        run(() -> {
          Ref<@Nullable Void> inner = run(() -> hang(entered, interrupted));
          inner.get();
        });
    entered.pass();
    assertThat(outer.cancel()).isTrue();
    assertThatThrownBy(outer::get).isInstanceOf(TaskCancelledException.class);
    interrupted.pass();
  }

  @Test
  void descendantsGoOnIfTheyAreSpared() throws Exception {
    Gate entered = Gate.shut();
    Gate go = Gate.shut();
    Gate finished = Gate.shut();
    Ref<@Nullable Void> outer =
        run(() -> {
          Ref<@Nullable Void> inner =
              run(() -> {
                entered.open();
                go.pass();
                finished.open();
              });
          inner.get();
        });
    entered.pass();
    assertThat(outer.cancel(CancelMode.NOT_RECURSIVE)).isTrue();
    assertThatThrownBy(outer::get).isInstanceOf(TaskCancelledException.class);
    assertThat(finished.isOpen()).isFalse();
    go.open();
    finished.pass();
  }

  @Test
  void whatIsDoneCantBeCancelled() {
    Ref<Integer> done = submit(() -> 1);
    done.get();
    assertThat(done.cancel()).isFalse();
    assertThat(done.get()).isEqualTo(1);
    assertThat(put(2).cancel()).isFalse();
  }

  @Test
  void aDependantOfACancelledTaskIsCancelledToo() {
    Gate gate = Gate.shut();
    Ref<@Nullable Void> gated = run(gate::pass);
    Ref<Integer> next = submit(_ -> 1, gated);
    gated.cancel();
    assertThatThrownBy(next::get).isInstanceOf(TaskCancelledException.class);
    gate.open();
  }
}
