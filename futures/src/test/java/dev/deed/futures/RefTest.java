package dev.deed.futures;

import static dev.deed.Deed.put;
import static dev.deed.Deed.submit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Ref;
import dev.deed.Session;
import dev.deed.SessionClosedException;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// References as things that live and die.
final class RefTest {
  private final Session session = Deed.local(DeedConfig.defaults().workerCpus(2));

  @AfterEach
  void close() {
    Leaks.assertNone(session);
    session.close();
  }

  @Test
  void rc01ClosedCopiesAreCountedDownToNothing() {
    Ref<Integer> first = put(1);
    Ref<Ref<Integer>> outer = put(first);
    Ref<Integer> second = outer.get();
    assertThat(session.memory().references()).hasSize(2);
    outer.close();
    first.close();
    first.close();
    assertThat(session.memory().references()).hasSize(1);
    assertThat(second.get()).isEqualTo(1);
    assertThatThrownBy(first::get)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    second.close();
    assertThat(session.memory().references()).isEmpty();
  }

  @Test
  void rc01UnreachableCopiesAreCountedDownToNothing() {
    createAndForget();
    Leaks.assertNone(session);
  }

  private void createAndForget() {
    Ref<Integer> first = put(1);
    Ref<Integer> second = put(first).get();
    assertThat(second.get()).isEqualTo(1);
    first.close();
    assertThat(session.memory().references()).isNotEmpty();
  }

  @Test
  void aClosedReferenceIsRefusedEverywhere() {
    Ref<Integer> closed = put(1);
    closed.close();
    assertThatThrownBy(() -> submit(a -> a, closed)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> submit(() -> closed.get())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> put(List.of(closed))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(closed::isDone).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(closed::cancel).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(closed::id).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Deed.getAll(List.of(closed)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anArgumentIsHeldUntilTheTaskEnds() {
    Gate gate = Gate.shut();
    Ref<byte[]> value = put(new byte[100_000]);
    Ref<Integer> length =
        submit(
            bytes -> {
              gate.pass();
              return bytes.length;
            },
            value);
    value.close();
    assertThat(session.memory().storedBytes()).isPositive();
    gate.open();
    assertThat(length.get()).isEqualTo(100_000);
    Leaks.assertReferences(session, 1);
    assertThat(session.memory().storedBytes()).isZero();
    length.close();
  }

  @Test
  void rc05AReferenceInAContainerIsHeldByTheTask() {
    Gate gate = Gate.shut();
    Ref<String> inner = put("inner");
    List<Ref<String>> container = List.of(inner);
    Ref<String> read =
        submit(() -> {
          gate.pass();
          return container.getFirst().get();
        });
    inner.close();
    gate.open();
    assertThat(read.get()).isEqualTo("inner");
  }

  @Test
  void rc06AnOuterValueHoldsTheInnerOne() {
    Ref<Integer> inner = put(5);
    Ref<List<Ref<Integer>>> outer = put(List.of(inner));
    inner.close();
    assertThat(session.memory().references()).hasSize(2);
    assertThat(outer.get().getFirst().get()).isEqualTo(5);
    outer.close();
    Leaks.assertNone(session);
  }

  @Test
  void rc08AReferenceIsUnwrappedLevelByLevel() {
    Ref<?> wrapped = put("core");
    for (int i = 0; i < 5; i++) {
      wrapped = put(List.of(wrapped));
    }
    Ref<?> outermost = wrapped;
    Ref<String> text = submit(() -> unwrap(outermost, 5));
    assertThat(text.get()).isEqualTo("core");
  }

  private static String unwrap(Ref<?> ref, int levels) {
    if (levels == 0) {
      return (String) ref.get();
    }
    List<?> list = (List<?>) ref.get();
    Ref<?> inner = (Ref<?>) list.getFirst();
    return submit(() -> unwrap(inner, levels - 1)).get();
  }

  @Test
  void rc10AReturnedReferenceOutlivesItsContainer() {
    Ref<List<Ref<Integer>>> list = submit(() -> List.of(submit(() -> 3)));
    Ref<Integer> inner = list.get().getFirst();
    list.close();
    assertThat(inner.get()).isEqualTo(3);
  }

  @Test
  void aReferenceRefusesJavaSerialization() {
    Ref<Integer> ref = put(1);
    assertThatThrownBy(
            () -> {
              try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
                out.writeObject(ref);
              }
            })
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("capture it in a task");
  }

  @Test
  void aReferenceOfAnotherSessionIsRefused() {
    try (Session other = Deed.local(DeedConfig.defaults().workerCpus(1))) {
      Ref<Integer> foreign = other.callHere(() -> put(1));
      session.runHere(() ->
          assertThatThrownBy(() -> submit(a -> a, foreign))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("another session"));
      assertThat(foreign.get()).isEqualTo(1);
      assertThat(foreign.then(n -> n + 1).get()).isEqualTo(2);
    }
  }

  @Test
  void aReferenceOfAClosedSessionSaysSo() {
    Session other = Deed.local(DeedConfig.defaults().workerCpus(1));
    Ref<Integer> ref = other.callHere(() -> put(1));
    other.close();
    other.close();
    assertThatThrownBy(ref::get).isInstanceOf(SessionClosedException.class);
    assertThatThrownBy(ref::isDone).isInstanceOf(SessionClosedException.class);
    ref.close();
  }

  @Test
  void aFutureIsCompletedWithTheValueOrTheError() throws Exception {
    assertThat(submit(() -> 4).toFuture().thenApply(n -> n * 2).get()).isEqualTo(8);
    assertThatThrownBy(() ->
            submit(
                    () -> {
                      throw new IllegalStateException("no");
                    })
                .toFuture()
                .get())
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("no");
  }

  @Test
  void theReportNamesWhoHoldsAReference() {
    Gate gate = Gate.shut();
    Ref<Integer> gated =
        submit(() -> {
          gate.pass();
          return 1;
        });
    Ref<Integer> next = submit(n -> n + 1, gated);
    var entry =
        session.memory().references().stream()
            .filter(e -> e.id().equals(gated.id()))
            .findFirst()
            .orElseThrow();
    assertThat(entry.state()).isEqualTo("pending");
    assertThat(entry.site()).contains("RefTest.java");
    assertThat(entry.causes()).hasSize(2);
    gate.open();
    assertThat(next.get()).isEqualTo(2);
  }
}
