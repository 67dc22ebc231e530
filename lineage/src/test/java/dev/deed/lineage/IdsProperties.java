package dev.deed.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Names: their text form, their order, and how children's are derived.
final class IdsProperties {

  @Provide
  Arbitrary<WorkerId> workers() {
    return Samples.workerIds();
  }

  @Provide
  Arbitrary<TaskId> tasks() {
    return Samples.taskIds();
  }

  @Provide
  Arbitrary<String> notHex() {
    return Arbitraries.strings().withCharRange(' ', '\u017f').ofLength(32);
  }

  @Property
  void theTextOfAWorkerIdIsReadAgain(@ForAll("workers") WorkerId id) {
    assertThat(id.toString()).hasSize(33).startsWith(id.brief());
    assertThat(WorkerId.parse(id.toString())).isEqualTo(id);
    assertThat(WorkerId.parse("w" + id.toString().substring(1).toUpperCase(Locale.ROOT)))
        .isEqualTo(id);
    assertThat(new EstateId(id)).hasToString("e" + id.toString().substring(1));
  }

  @Property
  void textThatIsNoWorkerIdIsRefused(@ForAll("notHex") String text) {
    Assume.that(!text.matches("[0-9a-fA-F]{32}"));
    assertThatThrownBy(() -> WorkerId.parse("w" + text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Example
  void signsAndDigitsOfOtherScriptsAreNoHexadecimalDigits() {
    for (String digit : new String[] {"+", "-", "\uff10", "\u0660"}) {
      assertThatThrownBy(() -> WorkerId.parse("w" + digit + "0".repeat(31)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Example
  void textOfAnotherLengthOrKindIsRefused() {
    String digits = "0".repeat(32);
    for (String text : new String[] {"", "w", digits, "e" + digits, "w" + digits + "0"}) {
      assertThatThrownBy(() -> WorkerId.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("32 hexadecimal digits");
    }
  }

  @Property
  void textOrderIsTheOrderOfIds(@ForAll("tasks") TaskId a, @ForAll("tasks") TaskId b) {
    assertThat(Integer.signum(a.compareTo(b)))
        .isEqualTo(Integer.signum(a.toString().compareTo(b.toString())));
    assertThat(a.compareTo(new TaskId(a.high(), a.low()))).isZero();
    assertThat(a.equals(b)).isEqualTo(a.compareTo(b) == 0);
  }

  @Property
  void equalNamesHaveEqualHashes(@ForAll("tasks") TaskId task, @ForAll("workers") WorkerId worker) {
    TaskId sameTask = new TaskId(task.high(), task.low());
    WorkerId sameWorker = new WorkerId(worker.high(), worker.low());
    Reference one = new Reference(task.result(3), new EstateId(worker));
    Reference same = new Reference(sameTask.result(3), new EstateId(sameWorker));
    assertThat(one).isEqualTo(same).hasSameHashCodeAs(same).isEqualByComparingTo(same);
    assertThat(one).isNotEqualTo(new Reference(task.result(4), new EstateId(worker)));
  }

  @Property(tries = 100)
  void childrenHaveNamesOfTheirOwnThatDependOnNothingElse(@ForAll("tasks") TaskId parent) {
    Set<TaskId> names = new HashSet<>(Set.of(parent));
    for (int run = 0; run < 4; run++) {
      for (int index = 0; index < 50; index++) {
        assertThat(names.add(parent.call(run, index))).isTrue();
        assertThat(names.add(parent.put(run, index))).isTrue();
        assertThat(parent.call(run, index)).isEqualTo(parent.call(run, index));
      }
    }
  }

  @Property(tries = 100)
  void aNameTellsOfItsParent(@ForAll("tasks") TaskId parent, @ForAll("tasks") TaskId another) {
    TaskId other = another.call(0, 1);
    for (int index = 0; index < 50; index++) {
      TaskId child = parent.call(1, index);
      assertThat(child.mayBeOf(parent)).isTrue();
      assertThat(parent.put(0, index).mayBeOf(parent)).isTrue();
      assertThat(child.mayBeOf(other)).isFalse();
      assertThat(child.mayBeOf(child)).isFalse();
      assertThat(child.call(0, index).mayBeOf(parent)).isFalse();
      assertThat(child.call(0, index).mayBeOf(parent.call(1, index + 1))).isFalse();
    }
  }
}
