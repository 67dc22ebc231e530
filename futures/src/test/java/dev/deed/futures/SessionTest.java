package dev.deed.futures;

import static dev.deed.Deed.context;
import static dev.deed.Deed.put;
import static dev.deed.Deed.run;
import static dev.deed.Deed.submit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.Calls;
import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Ref;
import dev.deed.Session;
import dev.deed.SessionClosedException;
import dev.deed.WorkerId;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Which session the static verbs use, and what is left of a session after its end.
final class SessionTest {
  private static Session open() {
    return Deed.local(DeedConfig.defaults().workerCpus(1));
  }

  private static WorkerId worker(Session session) {
    return session.cluster().members().getFirst().id();
  }

  @Test
  void withoutASessionAVerbSaysSo() {
    assertThatThrownBy(() -> submit(() -> 1))
        .isInstanceOf(SessionClosedException.class)
        .hasMessageContaining("Deed.local()");
  }

  @Test
  void theOnlyOpenSessionIsUsed() {
    try (Session session = open()) {
      assertThat(submit(() -> context().worker()).get()).isEqualTo(worker(session));
    }
  }

  @Test
  void amongSeveralSessionsAThreadMustBeBound() {
    try (Session one = open();
        Session two = open()) {
      assertThatThrownBy(() -> put(1))
          .isInstanceOf(IllegalStateException.class)
          .isNotInstanceOf(SessionClosedException.class)
          .hasMessageContaining("runHere");
      WorkerId first = one.callHere(() -> submit(() -> context().worker()).get());
      assertThat(first).isEqualTo(worker(one));
      two.runHere(() -> {
        assertThat(submit(() -> context().worker()).get()).isEqualTo(worker(two));
        WorkerId inner = one.callHere(() -> submit(() -> context().worker()).get());
        assertThat(inner).isEqualTo(worker(one));
        assertThat(submit(() -> context().worker()).get()).isEqualTo(worker(two));
      });
      assertThatThrownBy(() -> put(1)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aTaskUsesItsWorkersSession() {
    try (Session one = open();
        Session _ = open()) {
      Ref<WorkerId> ref = one.callHere(() -> submit(() -> submit(() -> context().worker()).get()));
      assertThat(ref.get()).isEqualTo(worker(one));
    }
  }

  @Test
  void aThreadThatATaskStartsCallsForTheTask() {
    try (Session one = open();
        Session _ = open()) {
      Ref<WorkerId> ref =
          one.callHere(() ->
              submit(() -> {
                AtomicReference<@Nullable WorkerId> seen = new AtomicReference<>();
                Thread.ofPlatform()
                    .start(() -> seen.set(submit(() -> context().worker()).get()))
                    .join();
                return Objects.requireNonNull(seen.get());
              }));
      assertThat(ref.get()).isEqualTo(worker(one));
    }
  }

  @Test
  void checkedExceptionsOfABodyComeAsTheyAre() {
    try (Session session = open()) {
      IOException thrown = new IOException("as it is");
      assertThatThrownBy(() ->
              session.runHere(() -> {
                throw thrown;
              }))
          .isSameAs(thrown);
    }
  }

  @Test
  void callsWithOptionsAreBoundWhenTheyAreMade() {
    Calls calls = Deed.with(o -> o.name("kept"));
    try (Session _ = open()) {
      assertThat(calls.submit(() -> 1).get()).isEqualTo(1);
    }
    try (Session _ = open()) {
      assertThat(calls.submit(() -> 2).get()).isEqualTo(2);
    }
    assertThatThrownBy(() -> calls.submit(() -> 3)).isInstanceOf(SessionClosedException.class);
  }

  @Test
  void aClosedSessionIsRefused() {
    Session session = open();
    session.close();
    session.close();
    assertThatThrownBy(() -> session.runHere(() -> {})).isInstanceOf(SessionClosedException.class);
    assertThatThrownBy(session::memory).isInstanceOf(SessionClosedException.class);
    assertThatThrownBy(session::cluster).isInstanceOf(SessionClosedException.class);
  }

  @Test
  void nothingIsLeftAfterTheEnd() throws Exception {
    Session session = open();
    Gate entered = Gate.shut();
    Ref<@Nullable Void> hanging =
        run(() -> {
          entered.open();
          Gate.shut().pass();
        });
    entered.pass();
    Ref<@Nullable Void> waiting = run(hanging::get);
    assertThat(waiting.isDone()).isFalse();
    long startNs = System.nanoTime();
    session.close();
    assertThat(System.nanoTime() - startNs).isLessThan(1_900_000_000L);
    Set<String> names =
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith("deed-"))
            .collect(Collectors.toSet());
    assertThat(names).isEmpty();
  }

  @Test
  void aTaskMayCloseItsSession() throws Exception {
    Session session = open();
    AtomicSession.held.set(session);
    Gate closed = Gate.shut();
    run(() -> {
      Session held = AtomicSession.held.get();
      if (held != null) {
        held.close();
      }
      closed.open();
    });
    closed.pass();
    assertThatThrownBy(session::memory).isInstanceOf(SessionClosedException.class);
  }

  /// Where a task finds a session, which it can't capture.
  private static final class AtomicSession {
    static final AtomicReference<@Nullable Session> held = new AtomicReference<>();
  }
}
