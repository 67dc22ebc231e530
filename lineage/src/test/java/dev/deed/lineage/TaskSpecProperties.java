package dev.deed.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.wire.WireWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// What a specification carries, costs and names.
final class TaskSpecProperties {

  @Provide
  Arbitrary<TaskSpec> specs() {
    return Samples.specs();
  }

  @Provide
  Arbitrary<List<Argument>> arguments() {
    return Samples.arguments().list().ofMaxSize(4);
  }

  @Property
  void itCarriesTheReferencesThatTravelWithIt(@ForAll("specs") TaskSpec spec) {
    List<Reference> expected = new ArrayList<>(spec.captured());
    for (Argument argument : spec.arguments()) {
      switch (argument) {
        case Argument.Pending(Reference reference) -> expected.add(reference);
        case Argument.Inline(_, Value value) -> expected.addAll(value.references());
        case Argument.Stored(Reference reference, _, _) -> expected.add(reference);
      }
    }
    assertThat(spec.carried()).isEqualTo(expected);
  }

  @Property
  void aSmallValueCostsItsBytesAndALargeOneTheSameAsNone(
      @ForAll("specs") TaskSpec spec, @ForAll("arguments") List<Argument> arguments) {
    TaskSpec without = spec.withArguments(List.of());
    long inline = 0;
    for (Argument argument : arguments) {
      inline += argument instanceof Argument.Inline one ? one.value().size() : 0;
    }
    assertThat(spec.withArguments(arguments).retainedBytes())
        .isEqualTo(without.retainedBytes() + 100L * arguments.size() + inline);
    assertThat(without.retainedBytes()).isGreaterThan(spec.function().size());
  }

  @Property
  void anotherRunAndOtherArgumentsChangeNothingElse(
      @ForAll("specs") TaskSpec spec, @ForAll("arguments") List<Argument> arguments) {
    TaskSpec next = spec.withRun(7).withArguments(arguments);
    assertThat(next.run()).isEqualTo(7);
    assertThat(next.arguments()).isEqualTo(arguments);
    assertThat(next.withRun(spec.run()).withArguments(spec.arguments())).isEqualTo(spec);
    assertThat(next.result(2)).isEqualTo(spec.id().result(2));
  }

  @Example
  void aTaskHasResultsAndNotTooMany() {
    for (int returns : new int[] {0, -1, TaskSpec.MAX_RETURNS + 1}) {
      assertThatThrownBy(() -> spec(returns)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(spec(TaskSpec.MAX_RETURNS).returns()).isEqualTo(TaskSpec.MAX_RETURNS);
  }

  @Example
  void aTaskJoinsNotMoreThanAMessageCanName() {
    Reference reference =
        new Reference(TaskId.root(1, 2).result(0), new EstateId(new WorkerId(1, 1)));
    Argument argument = new Argument.Pending(reference);
    List<Argument> most = Collections.nCopies(TaskSpec.MAX_ARGUMENTS, argument);
    assertThat(spec(1).withArguments(most).arguments()).hasSize(TaskSpec.MAX_ARGUMENTS);
    List<Argument> tooMany = Collections.nCopies(TaskSpec.MAX_ARGUMENTS + 1, argument);
    assertThatThrownBy(() -> spec(1).withArguments(tooMany))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("combine them");
  }

  @Property
  void noValueTakesMoreOfAMessageThanIsReckoned(@ForAll("arguments") List<Argument> arguments) {
    TaskSpec spec = spec(1);
    long without = bytes(spec);
    long reckoned = 0;
    for (Argument argument : arguments) {
      reckoned +=
          switch (argument) {
            case Argument.Pending _ -> 1 + Reference.MOST_BYTES;
            case Argument.Inline(_, Value value) -> value.messageBytes();
            case Argument.Stored(_, StoredValue value, var holders) ->
                value.messageBytes(holders.size());
          };
    }
    // The count of the arguments takes up to five bytes itself.
    assertThat(bytes(spec.withArguments(arguments)) - without).isLessThanOrEqualTo(reckoned + 5);
  }

  private static long bytes(TaskSpec spec) {
    WireWriter out = new WireWriter(64);
    spec.write(out);
    return out.length();
  }

  private static TaskSpec spec(int returns) {
    TaskId parent = TaskId.root(1, 2);
    return new TaskSpec(
        parent.call(0, 0),
        0,
        parent,
        Payload.of(new byte[0]),
        List.of(),
        List.of(),
        returns,
        TaskSpec.Terms.DEFAULT,
        TaskSpec.Origin.UNKNOWN);
  }
}
