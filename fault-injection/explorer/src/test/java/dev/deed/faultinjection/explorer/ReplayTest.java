package dev.deed.faultinjection.explorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/// A path is a text that leads to the same state each time, and can be told.
final class ReplayTest {
  /// The middleman dies when what it passed on has arrived: the shortest way on which a core that
  /// answers too early gives x up.
  private static final String MIDDLEMAN_DIES =
      """
      handover-crash: act O main; act O main; deliver O>A; deliver A>O; deliver O>A
        act A t; act A t; deliver A>B; deliver B>A; deliver A>B
        crash A; follow O; follow B; log O's-answer-to-4; deliver B>O; deliver O>B
        log B's-answer-to-4
      """;

  @Test
  void aPathIsWhatItsTextSays() {
    Path path = Path.parse(MIDDLEMAN_DIES);
    assertThat(path.steps()).hasSize(17).startsWith("act O main").endsWith("log B's-answer-to-4");
    assertThat(Path.parse(path.toString())).isEqualTo(path);
  }

  @Test
  void aPathIsToldInTheTermsOfTheProtocol() {
    List<String> story = Exploration.story(Path.parse(MIDDLEMAN_DIES));
    assertThat(story)
        .contains(
            "  9. A takes from B a lease, sends B task u with x (message 3)",
            " 11. A dies",
            " 15. O takes from B the registration of x as number 1 of the stream,"
                + " sends B the acknowledgement of the stream through 1",
            " 17. B has its proposal in the log: B's answer to all deaths up to entry 4")
        .endsWith("all rules hold");
    assertThat(Exploration.story(Path.parse(MIDDLEMAN_DIES))).isEqualTo(story);
  }

  @Test
  void aStepThatIsNotPossibleIsRefused() {
    assertThatThrownBy(() -> Exploration.story(Path.parse("keep: act O main; deliver A>O")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"deliver A>O\"")
        .hasMessageContaining("[act O main]");
    assertThatThrownBy(() -> Exploration.story(Path.parse("nowhere: act O main")))
        .hasMessageContaining("no configuration nowhere");
    assertThatThrownBy(() -> Path.parse("act O main")).hasMessageContaining("no colon");
  }
}
