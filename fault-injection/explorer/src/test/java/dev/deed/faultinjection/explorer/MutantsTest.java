package dev.deed.faultinjection.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The explorer finds each rule of the core that is broken on purpose, with a shortest story.
final class MutantsTest {

  /// A mutation, where it is looked for, how many states that may take, and what is broken then.
  static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of(Mutations.NO_WAIT, "handover", 1_000, "12 holders"),
        Arguments.of(Mutations.DROP_AT_FOLLOW, "handover-crash", 10_000, "3 early free"),
        Arguments.of(Mutations.DROP_ARGS_AT_FOLLOW, "handover-crash", 10_000, "3 early free"),
        Arguments.of(Mutations.DROP_REGS_AT_FOLLOW, "handover-crash", 20_000, "3 early free"),
        Arguments.of(Mutations.ANSWER_EARLY, "handover-crash", 20_000, "12 holders"),
        Arguments.of(Mutations.CLEAR_NOT_RESTARTED, "chain-crash2", 1_000_000, "3 early free"),
        Arguments.of(Mutations.FORGET_FETCHES, "stored-once-crash", 200_000, "7 loss"),
        Arguments.of(Mutations.NO_ERAS, "late", 10_000, ""),
        Arguments.of(Mutations.UNORDERED_UNREG, "again", 10_000, ""),
        Arguments.of(Mutations.ACK_BEFORE_HEIRS, "heir-crash-O", 5_000, "3 gate"),
        Arguments.of(Mutations.NO_ROLL_CALL, "heir-crash-O", 100, "2 one server"),
        Arguments.of(Mutations.NO_LOST_TASK, "heir-crash-O", 10_000, "4 leak"),
        Arguments.of(Mutations.UNREG_BEFORE_HEIRS, "heir-inside", 10_000, ""),
        Arguments.of(Mutations.PUSH_BEFORE_HEIRS, "heir-crash-O", 1_000, "3 gate"),
        Arguments.of(Mutations.FREE_BEFORE_HEIRS, "heir-stored", 5_000, "3 gate"),
        Arguments.of(Mutations.FREE_BEFORE_CLEAR, "heir-crash-O", 5_000, "3 early free"),
        Arguments.of(Mutations.NO_RESEND, "heir-crash-O", 10_000, ""),
        Arguments.of(Mutations.NOT_JOINED, "heir-result", 20_000, "8 executions"),
        Arguments.of(Mutations.NOT_REGISTERED, "heir-holds", 20_000, "12 holders"),
        Arguments.of(Mutations.NOTHING_BEYOND, "heir-two", 2_000, "7 succession"),
        Arguments.of(Mutations.JOINING_NOT_COUNTED, "heir-joining", 200_000, "8 executions"),
        Arguments.of(Mutations.NO_COMPARE, "heir-two-joining", 5_000, "3 heir list"),
        Arguments.of(Mutations.NOT_UNSETTLED, "adopt-crash", 20_000, "3 early free"),
        Arguments.of(Mutations.NOT_SETTLED, "adopt-crash", 100_000, "4 heirs"),
        Arguments.of(Mutations.NOT_ADOPTED, "adopt-crash", 100_000, "8 executions"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void aBrokenRuleIsFound(Mutation mutation, String configuration, int most, String invariant)
      throws ReflectiveOperationException {
    MutantSearch.Finding found = MutantSearch.of(mutation, configuration, most);
    System.out.printf(
        "%s in %s: %s, %d states%n%s%n",
        mutation, configuration, found.violation(), found.states(), found.path());
    assertThat(found.violation()).startsWith(invariant).isNotEmpty();
    // The path alone leads there again.
    assertThat(found.story().lines()).anyMatch(line -> line.startsWith(Exploration.BROKEN));
  }
}
