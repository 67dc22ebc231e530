package dev.deed.futures;

import static dev.deed.Deed.put;
import static dev.deed.Deed.run;
import static dev.deed.Deed.scope;
import static dev.deed.Deed.submit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Ref;
import dev.deed.Scope;
import dev.deed.Session;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Scopes tidy up at their brace.
final class ScopeTest {
  private final Session session = Deed.local(DeedConfig.defaults().workerCpus(2));

  @AfterEach
  void close() {
    Leaks.assertNone(session);
    session.close();
  }

  @Test
  void whatWasCreatedIsClosedAndWhatWasKeptIsNot() {
    Ref<Integer> kept;
    Ref<Integer> dropped;
    try (Scope scope = scope()) {
      dropped = put(1);
      kept = scope.keep(put(2));
      assertThat(dropped.get()).isEqualTo(1);
    }
    assertThatThrownBy(dropped::get).isInstanceOf(IllegalStateException.class);
    assertThat(kept.get()).isEqualTo(2);
    assertThat(session.memory().references()).hasSize(1);
    kept.close();
  }

  @Test
  void whatIsUnfinishedIsCancelled() throws Exception {
    Gate entered = Gate.shut();
    Gate interrupted = Gate.shut();
    try (Scope _ = scope()) {
      run(() -> {
        entered.open();
        try {
          Gate.shut().pass();
        } catch (InterruptedException e) {
          interrupted.open();
        }
      });
      entered.pass();
    }
    interrupted.pass();
  }

  @Test
  void innerScopesCareForTheirOwn() {
    try (Scope _ = scope()) {
      Ref<Integer> outer = put(1);
      Ref<Integer> inner;
      try (Scope _ = scope()) {
        inner = submit(() -> 2);
      }
      assertThatThrownBy(inner::get).isInstanceOf(IllegalStateException.class);
      assertThat(outer.get()).isEqualTo(1);
    }
    assertThat(put(3).get()).isEqualTo(3);
  }

  @Test
  void aTaskMayHaveScopes() {
    Ref<Integer> sum =
        submit(() -> {
          try (Scope _ = scope()) {
            return submit(() -> 1).get() + submit(() -> 2).get();
          }
        });
    assertThat(sum.get()).isEqualTo(3);
  }

  @Test
  void scopesAreClosedInTheirOrderByTheirThread() throws Exception {
    Scope outer = scope();
    Scope inner = scope();
    assertThatThrownBy(outer::close).isInstanceOf(IllegalStateException.class);
    AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
    Thread.ofPlatform()
        .start(() -> {
          try {
            inner.close();
          } catch (IllegalStateException e) {
            seen.set(e);
          }
        })
        .join();
    assertThat(seen.get()).isInstanceOf(IllegalStateException.class);
    inner.close();
    inner.close();
    outer.close();
  }

  @Test
  void aLargeScopeForgetsWhatIsGone() {
    try (Scope _ = scope()) {
      for (int i = 0; i < 5_000; i++) {
        put(i).close();
      }
      Ref<Integer> last = put(7);
      assertThat(last.get()).isEqualTo(7);
    }
  }
}
