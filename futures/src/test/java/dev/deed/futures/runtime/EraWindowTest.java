package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EraWindowTest {
  private static final WorkerId A = new WorkerId(1, 1);
  private static final WorkerId B = new WorkerId(2, 2);

  private final List<WorkerId> resumed = new ArrayList<>();
  private final EraWindow window = new EraWindow(100, resumed::add);

  @Test
  void messagesThatCanBeAppliedCountForNothing() {
    window.follow(5);
    window.arrived(A, 5, 1000);
    assertThat(window.waiting(A)).isZero();
    assertThat(window.wantsMore(A)).isTrue();
  }

  @Test
  void whoeverIsAheadMaySendTheBoundAndOneMessage() {
    window.arrived(A, 1, 100);
    assertThat(window.wantsMore(A)).isTrue();
    window.arrived(A, 1, 70);
    assertThat(window.wantsMore(A)).isFalse();
    assertThat(window.wantsMore(B)).isTrue();
  }

  @Test
  void readingGoesOnWhenTheLogHasBeenFollowedFarEnough() {
    window.arrived(A, 1, 90);
    window.arrived(A, 2, 90);
    window.follow(1);
    // The first could be applied; as long as it is not known of which era how much waits, all
    // counts.
    assertThat(window.wantsMore(A)).isFalse();
    assertThat(resumed).isEmpty();
    window.follow(2);
    assertThat(window.wantsMore(A)).isTrue();
    assertThat(resumed).containsExactly(A);
    assertThat(window.waiting(A)).isZero();
  }

  @Test
  void whatWaitedForEarlierEntriesDoesNotCountForLaterOnes() {
    window.arrived(A, 1, 90);
    window.follow(1);
    window.arrived(A, 2, 90);
    assertThat(window.waiting(A)).isEqualTo(90);
    assertThat(window.wantsMore(A)).isTrue();
  }

  @Test
  void nothingOfADeadSenderIsLeft() {
    window.arrived(A, 9, 200);
    window.close(A);
    assertThat(window.waiting(A)).isZero();
    window.follow(9);
    assertThat(resumed).isEmpty();
  }
}
