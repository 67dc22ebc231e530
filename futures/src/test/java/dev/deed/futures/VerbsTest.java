package dev.deed.futures;

import static dev.deed.Deed.context;
import static dev.deed.Deed.getAll;
import static dev.deed.Deed.put;
import static dev.deed.Deed.run;
import static dev.deed.Deed.submit;
import static dev.deed.Deed.submitAll;
import static dev.deed.Deed.submitSplit;
import static dev.deed.Deed.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.DeadlineException;
import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.ObjectId;
import dev.deed.Ref;
import dev.deed.ResourcesUnavailableException;
import dev.deed.Session;
import dev.deed.TaskFailedException;
import dev.deed.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Each verb that creates references, on the local backend.
final class VerbsTest {
  private Session session = Deed.local(DeedConfig.defaults().workerCpus(2));

  @BeforeEach
  void onlyOne() {
    assertThat(session.cluster().members()).hasSize(1);
  }

  @AfterEach
  void close() {
    Leaks.assertNone(session);
    session.close();
  }

  private static String describe(int number) {
    return "number " + number;
  }

  @Test
  void aTaskGetsWhatItCaptured() {
    int base = 20;
    String text = "x";
    assertThat(submit(() -> text + (base + 1)).get()).isEqualTo("x21");
  }

  @Test
  void aJoinedReferenceIsDeliveredAsItsValue() {
    Ref<Integer> a = submit(() -> 1);
    Ref<Integer> b = put(2);
    assertThat(submit(Math::addExact, a, b).get()).isEqualTo(3);
    assertThat(submit(VerbsTest::describe, b).get()).isEqualTo("number 2");
  }

  @Test
  void upToSixReferencesAreJoined() {
    Ref<Integer> one = put(1);
    assertThat(submit((a, b, c) -> a + b + c, one, one, one).get()).isEqualTo(3);
    assertThat(submit((a, b, c, d) -> a + b + c + d, one, one, one, one).get()).isEqualTo(4);
    assertThat(submit((a, b, c, d, e) -> a + b + c + d + e, one, one, one, one, one).get())
        .isEqualTo(5);
    assertThat(
            submit((a, b, c, d, e, f) -> a + b + c + d + e + f, one, one, one, one, one, one).get())
        .isEqualTo(6);
  }

  @Test
  void aCapturedReferenceTravelsAsAReference() {
    Ref<Integer> c = submit(() -> 7);
    Ref<String> d = submit(() -> "got " + c.get());
    assertThat(d.get()).isEqualTo("got 7");
  }

  @Test
  void aListOfReferencesIsJoined() {
    List<Ref<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      refs.add(submit(() -> number));
    }
    Ref<Integer> sum =
        submitAll((List<Integer> all) -> all.stream().mapToInt(Integer::intValue).sum(), refs);
    assertThat(sum.get()).isEqualTo(4950);
    assertThat(submitAll((List<Integer> all) -> all.size(), List.<Ref<Integer>>of()).get())
        .isZero();
  }

  @Test
  void anActionHasNullAsItsValue() {
    Gate gate = Gate.shut();
    Ref<@Nullable Void> done = run(gate::open);
    assertThat(done.get()).isNull();
    assertThat(gate.isOpen()).isTrue();
  }

  @Test
  void aResultMayBeNull() {
    Ref<@Nullable String> none = submit(() -> null);
    assertThat(none.get()).isNull();
    assertThat(submit((@Nullable String s) -> s == null, none).get()).isTrue();
    assertThat(Deed.<@Nullable String>put(null).get()).isNull();
  }

  @Test
  void aSplitTaskHasSeveralResults() {
    List<Ref<Integer>> parts = submitSplit(3, () -> List.of(1, 2, 3));
    assertThat(getAll(parts)).containsExactly(1, 2, 3);
    Ref<Integer> ten = put(10);
    assertThat(getAll(Deed.<Integer, Integer>submitSplit(2, a -> List.of(a, a + 1), ten)))
        .containsExactly(10, 11);
    assertThat(
            getAll(
                Deed.<Integer, Integer, Integer, Integer>submitSplit(
                    2, (a, b, c) -> List.of(a + b, c), ten, ten, ten)))
        .containsExactly(20, 10);
  }

  @Test
  void aSplitTaskWithAnotherNumberOfResultsFails() {
    List<Ref<Integer>> parts = submitSplit(3, () -> List.of(1, 2));
    assertThatThrownBy(() -> parts.get(2).get())
        .isInstanceOf(TaskFailedException.class)
        .hasMessageContaining("a list of 3")
        .hasMessageContaining("a list of 2");
    assertThatThrownBy(() -> submitSplit(0, () -> List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLargeValueIsStoredAndFreed() {
    byte[] bytes = new byte[1 << 20];
    bytes[77] = 7;
    Ref<byte[]> large = put(bytes);
    bytes[77] = 8;
    assertThat(session.memory().storedBytes()).isGreaterThanOrEqualTo(1 << 20);
    assertThat(large.get()[77]).isEqualTo((byte) 7);
    assertThat(submit(b -> b[77], large).get()).isEqualTo((byte) 7);
    Ref<byte[]> result = submit(() -> new byte[200_000]);
    assertThat(result.get()).hasSize(200_000);
  }

  @Test
  void aMutableValueIsCopiedForEachReader() {
    Ref<List<Integer>> list = put(new ArrayList<>(List.of(1)));
    list.get().add(2);
    assertThat(list.get()).containsExactly(1);
    Ref<Integer> size =
        submit(
            l -> {
              l.add(3);
              return l.size();
            },
            list);
    assertThat(size.get()).isEqualTo(2);
    assertThat(list.get()).containsExactly(1);
  }

  record Point(int x, String name) {}

  @Test
  void anImmutableValueIsShared() {
    Point point = new Point(1, "p");
    Ref<Point> ref = put(point);
    assertThat(ref.get()).isSameAs(point);
  }

  @Test
  void whatATaskCapturesIsTakenAtTheCall() {
    List<Integer> captured = new ArrayList<>(List.of(1));
    Gate gate = Gate.shut();
    Ref<Integer> size =
        submit(() -> {
          gate.pass();
          return captured.size();
        });
    captured.add(2);
    gate.open();
    assertThat(size.get()).isEqualTo(1);
  }

  @Test
  void thenContinuesWithTheValue() {
    assertThat(submit(() -> 20).then(n -> n + 1).then(n -> "n" + n).get()).isEqualTo("n21");
  }

  @Test
  void aTaskKnowsItself() {
    TaskId inside = submit(() -> context().id()).get();
    Ref<Integer> attempt = submit(() -> context().attempt());
    assertThat(attempt.get()).isEqualTo(1);
    ObjectId id = attempt.id();
    assertThat(id.index()).isZero();
    assertThat(id.task()).isNotEqualTo(inside);
    assertThat(submit(() -> context().worker()).get())
        .isEqualTo(session.cluster().members().getFirst().id());
    assertThatThrownBy(Deed::context).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aNameIsToldInErrors() {
    assertThatThrownBy(() ->
            with(o -> o.name("the-name").retries(0))
                .submit(() -> {
                  throw new IllegalArgumentException("why");
                })
                .get())
        .isInstanceOf(TaskFailedException.class)
        .hasMessageContaining("the-name")
        .hasMessageContaining("VerbsTest.java")
        .hasMessageContaining("why");
  }

  @Test
  void aDemandThatNobodyCanMeetIsSaidAtOnce() {
    Ref<Integer> ref = with(o -> o.cpus(100)).submit(() -> 1);
    assertThatThrownBy(ref::get)
        .isInstanceOf(ResourcesUnavailableException.class)
        .hasMessageContaining("100");
    Ref<Integer> gpu = with(o -> o.resource("gpu", 1)).submit(() -> 1);
    assertThatThrownBy(gpu::get).isInstanceOf(ResourcesUnavailableException.class);
  }

  @Test
  void fractionsAndMultiplesOfAProcessorRun() {
    assertThat(with(o -> o.cpus(0.5)).submit(() -> 1).get()).isEqualTo(1);
    assertThat(with(o -> o.cpus(2)).submit(() -> 2).get()).isEqualTo(2);
    assertThat(with(o -> o.cpus(0)).submit(() -> 0).get()).isZero();
  }

  @Test
  void aTaskThatTakesTooLongFailsAtItsDeadline() {
    Gate gate = Gate.shut();
    Ref<@Nullable Void> late = with(o -> o.timeout(Duration.ofMillis(50))).run(gate::pass);
    assertThatThrownBy(late::get)
        .isInstanceOf(DeadlineException.class)
        .hasMessageContaining("50 ms");
    gate.open();
  }
}
