package dev.deed.ownership.heirs;

import static dev.deed.ownership.heirs.LogHarness.A;
import static dev.deed.ownership.heirs.LogHarness.B;
import static dev.deed.ownership.heirs.LogHarness.C;
import static dev.deed.ownership.heirs.LogHarness.ESTATE;
import static dev.deed.ownership.heirs.LogHarness.REPEAT_NS;
import static dev.deed.ownership.heirs.LogHarness.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.heirs.HeirMessage.Declined;
import dev.deed.ownership.heirs.HeirMessage.Part;
import dev.deed.ownership.heirs.HeirMessage.Received;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The rules of the server's side, one by one.
class RecordLogTest {
  private static final long NEVER = Long.MAX_VALUE;

  private final LogHarness estate = new LogHarness(1_000, 4);
  private final RecordLog log = estate.log;

  @Test
  void nothingIsDoneForNobody() {
    estate.set(1, "a");
    assertThat(log.followed()).isFalse();
    assertThat(log.dirty()).isFalse();
    assertThat(log.lackingKeys()).isZero();
    estate.cut();
    assertThat(estate.writes).isZero();
    assertThat(log.held()).isEqualTo(NEVER);
    assertThat(log.repeatDueNs()).isEqualTo(NEVER);
  }

  @Test
  void aJoiningFollowerBeginsWithEverythingAndCountsOnceItMayBeFull() {
    estate.set(1, "a");
    estate.set(2, "b");
    log.follow(List.of(A), List.of());
    assertThat(log.followed()).isTrue();
    assertThat(log.dirty()).isTrue();
    assertThat(estate.sent(A)).isEmpty();
    long batch = estate.cut();
    assertThat(log.dirty()).isFalse();
    Part part = estate.sent(A).getFirst();
    assertThat(part).isEqualTo(new Part(ESTATE, 5, 1, 1, batch, 0, true, part.records()));
    assertThat(texts(part)).containsExactly("1=a", "2=b");
    assertThat(log.complete()).isEmpty();
    estate.acknowledge(A, part);
    assertThat(log.complete()).containsExactly(A);
    assertThat(log.held()).isEqualTo(batch);
    log.follow(List.of(), List.of(A));
    assertThat(log.complete()).isEmpty();
    assertThat(log.held()).isEqualTo(batch);
  }

  @Test
  void anEmptyEstateHasACompleteImageToo() {
    log.follow(List.of(A), List.of());
    estate.cut();
    Part part = estate.sent(A).getFirst();
    assertThat(part.complete()).isTrue();
    assertThat(part.records()).isEmpty();
    estate.acknowledge(A, part);
    assertThat(log.complete()).containsExactly(A);
  }

  @Test
  void whatIsHeldFollowsTheAnswers() {
    estate.full(A, B);
    estate.set(1, "a");
    long batch = estate.cut();
    Part toA = estate.sent(A).getFirst();
    Part toB = estate.sent(B).getFirst();
    estate.acknowledge(A, toA);
    assertThat(log.held()).isEqualTo(batch - 1);
    estate.acknowledge(B, toB);
    assertThat(log.held()).isEqualTo(batch);
    assertThat(estate.cut()).isEqualTo(log.held());
    assertThat(estate.sent(A)).isEmpty();
  }

  @Test
  void aCutThatChangesNothingIsHeldWithTheOneBefore() {
    estate.full(A);
    estate.set(1, "a");
    estate.cut();
    long batch = estate.cut();
    Part part = estate.sent(A).getFirst();
    assertThat(part.batch()).isEqualTo(batch - 1);
    assertThat(log.held()).isEqualTo(batch - 2);
    estate.acknowledge(A, part);
    assertThat(log.held()).isEqualTo(batch);
  }

  @Test
  void followersInStepShareOneEncoding() {
    estate.full(A, B, C);
    estate.writes = 0;
    estate.set(1, "a");
    estate.set(2, "b");
    estate.cut();
    assertThat(estate.writes).isEqualTo(2);
    byte[] records = estate.sent(A).getFirst().records();
    assertThat(estate.sent(B).getFirst().records()).isSameAs(records);
    assertThat(estate.sent(C).getFirst().records()).isSameAs(records);
    assertThat(log.sentBytes()).isEqualTo(3L * records.length);
  }

  @Test
  void whatComesAndGoesWithinABatchIsNotTold() {
    estate.full(A);
    estate.set(1, "a");
    estate.remove(1);
    long batch = estate.cut();
    assertThat(estate.sent(A)).isEmpty();
    assertThat(log.held()).isEqualTo(batch);
  }

  @Test
  void whatIsGoneIsToldToWhomItWasTold() {
    estate.full(A);
    estate.set(1, "a");
    estate.cut();
    estate.acknowledge(A, estate.sent(A).getFirst());
    estate.remove(1);
    estate.cut();
    Part gone = estate.sent(A).getFirst();
    assertThat(texts(gone)).containsExactly("1 gone");
    estate.acknowledge(A, gone);
    estate.set(1, "again");
    estate.remove(1);
    estate.cut();
    assertThat(estate.sent(A)).isEmpty();
    estate.set(1, "again");
    estate.cut();
    assertThat(texts(estate.sent(A).getFirst())).containsExactly("1=again");
  }

  @Test
  void partsAreCutAtTheirLimitAndALargeRecordGoesAlone() {
    String large = "x".repeat(1_500);
    String half = "y".repeat(490);
    estate.set(1, half);
    estate.set(2, half);
    estate.set(3, large);
    estate.set(4, "d");
    estate.set(5, half);
    estate.set(6, half);
    log.follow(List.of(A), List.of());
    estate.writes = 0;
    estate.cut();
    assertThat(estate.writes).isEqualTo(6);
    List<Part> parts = estate.sent(A);
    assertThat(parts.stream().map(LogHarness::texts))
        .containsExactly(
            List.of("1=" + half, "2=" + half),
            List.of("3=" + large),
            List.of("4=d", "5=" + half, "6=" + half));
    assertThat(parts.stream().map(Part::complete)).containsExactly(false, false, true);
    assertThat(parts.stream().map(Part::sequence)).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whoHasNoRoomGetsTheLastStateOnly() {
    estate.full(A, B);
    fill(A);
    estate.sent(B);
    for (int i = 0; i < 10; i++) {
      estate.set(50, "version " + i);
      estate.set(60 + i, "came");
      estate.cut();
      estate.remove(60 + i);
    }
    estate.cut();
    assertThat(log.dirty()).isFalse();
    assertThat(estate.sent(B)).isEmpty();
    assertThat(log.lackingKeys()).isEqualTo(2 * 11);
    List<Part> full = estate.sent(A);
    estate.acknowledge(A, full.getLast());
    List<Part> rest = estate.sent(A);
    assertThat(rest).hasSize(1);
    assertThat(texts(rest.getFirst())).containsExactly("50=version 9");
    assertThat(rest.getFirst().complete()).isTrue();
  }

  @Test
  void whatAnotherWasToldIsToldToBeGoneAlsoToWhoNeverHadIt() {
    estate.full(A, B);
    fill(A);
    estate.acknowledge(B, estate.sent(B).getLast());
    estate.set(50, "seen by B");
    estate.cut();
    assertThat(texts(estate.sent(B).getFirst())).containsExactly("50=seen by B");
    estate.remove(50);
    estate.cut();
    estate.acknowledge(A, estate.sent(A).getLast());
    assertThat(texts(estate.sent(A).getFirst())).containsExactly("50 gone");
  }

  /// Fills the window of the heir, and of others in step with it.
  private void fill(WorkerId heir) {
    for (int i = 0; i < 4; i++) {
      estate.set(100 + i, "f".repeat(990));
    }
    estate.cut();
    assertThat(estate.sent(heir)).hasSize(4).last().extracting(Part::complete).isEqualTo(true);
    // What was sent last is needed for an answer.
    estate.nowNs += REPEAT_NS;
    log.repeat(estate.nowNs);
  }

  @Test
  void anAnswerLetsMoreGoOnlyIfNothingChangedSinceTheCut() {
    for (int i = 1; i <= 8; i++) {
      estate.set(i, "r".repeat(900) + i);
    }
    log.follow(List.of(A), List.of());
    long first = estate.cut();
    List<Part> parts = estate.sent(A);
    assertThat(parts).hasSize(4).noneMatch(Part::complete);
    estate.acknowledge(A, parts.get(0));
    List<Part> more = estate.sent(A);
    assertThat(more).hasSize(1);
    assertThat(more.getFirst().batch()).isEqualTo(first);
    estate.set(1, "changed after it was sent");
    estate.acknowledge(A, parts.get(1));
    assertThat(estate.sent(A)).isEmpty();
    assertThat(log.dirty()).isTrue();
    long second = estate.cut();
    assertThat(estate.sent(A)).singleElement().extracting(Part::batch).isEqualTo(second);
    estate.acknowledge(A, more.getFirst());
    List<Part> last = estate.sent(A);
    assertThat(texts(last.getLast())).contains("1=changed after it was sent");
    assertThat(last.getLast().complete()).isTrue();
    assertThat(log.complete()).isEmpty();
  }

  @Test
  void aRecordLargerThanTheWindowWaitsUntilNothingIsInFlight() {
    estate.full(A);
    estate.set(1, "small");
    estate.cut();
    Part small = estate.sent(A).getFirst();
    estate.set(2, "z".repeat(10_000));
    estate.cut();
    assertThat(estate.sent(A)).isEmpty();
    assertThat(log.dirty()).isFalse();
    estate.acknowledge(A, small);
    Part large = estate.sent(A).getFirst();
    assertThat(large.records()).hasSizeGreaterThan(10_000);
    assertThat(large.complete()).isTrue();
    estate.set(3, "c");
    estate.cut();
    assertThat(estate.sent(A)).isEmpty();
    estate.acknowledge(A, large);
    assertThat(texts(estate.sent(A).getFirst())).containsExactly("3=c");
  }

  @Test
  void aGapIsFilledFromTheFirstMissingPartOn_OnceForEachGap() {
    estate.full(A);
    for (int i = 0; i < 4; i++) {
      estate.set(i + 1, "r");
      estate.cut();
    }
    List<Part> parts = estate.sent(A);
    assertThat(parts).hasSize(4);
    long feed = parts.getFirst().feed();
    long before = parts.getFirst().sequence() - 1;
    estate.gap(A, feed, before);
    assertThat(estate.sent(A)).isEqualTo(parts);
    estate.gap(A, feed, before);
    estate.gap(A, feed, before);
    assertThat(estate.sent(A)).isEmpty();
    estate.gap(A, feed, before + 2);
    assertThat(estate.sent(A)).isEqualTo(parts.subList(2, 4));
    estate.gap(A, feed, before + 1);
    assertThat(estate.sent(A)).isEmpty();
    estate.acknowledge(A, parts.getLast());
    estate.gap(A, feed, before + 4);
    assertThat(estate.sent(A)).isEmpty();
    assertThat(log.inFlightBytes()).isZero();
  }

  @Test
  void whatIsNotAnsweredIsSentAgainAndThenOnlyItsFirstPart() {
    estate.full(A);
    estate.set(1, "a");
    estate.cut();
    estate.nowNs += 10;
    estate.set(2, "b");
    estate.cut();
    List<Part> parts = estate.sent(A);
    assertThat(log.repeatDueNs()).isEqualTo(estate.nowNs - 10 + REPEAT_NS);
    log.repeat(log.repeatDueNs() - 1);
    assertThat(estate.sent(A)).isEmpty();
    estate.nowNs = log.repeatDueNs();
    log.repeat(estate.nowNs);
    assertThat(estate.sent(A)).isEqualTo(parts);
    assertThat(log.repeatDueNs()).isEqualTo(estate.nowNs + REPEAT_NS);
    for (int i = 0; i < 3; i++) {
      estate.nowNs = log.repeatDueNs();
      log.repeat(estate.nowNs);
      assertThat(estate.sent(A)).containsExactly(parts.getFirst());
    }
    estate.acknowledge(A, parts.getFirst());
    assertThat(estate.sent(A)).containsExactly(parts.getLast());
    estate.acknowledge(A, parts.getLast());
    assertThat(estate.sent(A)).isEmpty();
    assertThat(log.repeatDueNs()).isEqualTo(NEVER);
    long records = parts.getFirst().records().length;
    assertThat(log.sentBytes()).isEqualTo(5 * records + 3L * parts.getLast().records().length);
  }

  @Test
  void progressPutsTheRepeatOff() {
    estate.full(A);
    estate.set(1, "a");
    estate.cut();
    estate.set(2, "b");
    estate.cut();
    List<Part> parts = estate.sent(A);
    estate.nowNs += REPEAT_NS - 1;
    estate.acknowledge(A, parts.getFirst());
    assertThat(log.repeatDueNs()).isEqualTo(estate.nowNs + REPEAT_NS);
  }

  @Test
  void answersToSomethingElseAreIgnored() {
    estate.full(A);
    estate.set(1, "a");
    long batch = estate.cut();
    Part part = estate.sent(A).getFirst();
    long feed = part.feed();
    long sequence = part.sequence();
    EstateId other = new EstateId(new WorkerId(9, 9));
    log.received(A, new Received(ESTATE, 4, feed, sequence, false), 0);
    log.received(A, new Received(ESTATE, 5, feed + 1, sequence, false), 0);
    log.received(A, new Received(ESTATE, 5, feed, sequence + 1, false), 0);
    log.received(A, new Received(other, 5, feed, sequence, false), 0);
    log.received(B, new Received(ESTATE, 5, feed, sequence, false), 0);
    log.declined(A, new Declined(ESTATE, 4, feed));
    log.declined(A, new Declined(ESTATE, 5, feed + 1));
    log.declined(B, new Declined(ESTATE, 5, feed));
    assertThat(log.held()).isEqualTo(batch - 1);
    assertThat(log.declined()).isEmpty();
    estate.acknowledge(A, part);
    assertThat(log.held()).isEqualTo(batch);
  }

  @Test
  void whoDeclinesIsSentNothingAndCountsWithWhatItHeld() {
    estate.full(A, B);
    estate.set(1, "a");
    long batch = estate.cut();
    Part toA = estate.sent(A).getFirst();
    estate.acknowledge(B, estate.sent(B).getFirst());
    log.declined(A, new Declined(ESTATE, 5, toA.feed()));
    assertThat(log.declined()).containsExactly(A);
    assertThat(log.held()).isEqualTo(batch - 1);
    estate.set(2, "b");
    batch = estate.cut();
    assertThat(log.dirty()).isFalse();
    assertThat(estate.sent(A)).isEmpty();
    estate.acknowledge(B, estate.sent(B).getFirst());
    estate.nowNs += REPEAT_NS;
    log.repeat(estate.nowNs);
    assertThat(estate.sent(A)).isEmpty();
    assertThat(log.followed()).isTrue();
    log.follow(List.of(), List.of(B));
    assertThat(log.declined()).isEmpty();
    assertThat(log.held()).isEqualTo(batch);
  }

  @Test
  void withNobodyLeftWhoTakesAnythingNothingIsGathered() {
    estate.full(A);
    estate.set(1, "a");
    log.declined(A, new Declined(ESTATE, 5, 1));
    assertThat(log.followed()).isFalse();
    assertThat(log.dirty()).isFalse();
    estate.set(2, "b");
    assertThat(log.lackingKeys()).isZero();
    estate.cut();
    assertThat(estate.sent(A)).isEmpty();
  }

  @Test
  void whoComesBackBeginsAnew() {
    estate.set(1, "a");
    estate.full(A);
    log.follow(List.of(), List.of());
    estate.set(2, "b");
    estate.cut();
    log.follow(List.of(A), List.of());
    assertThat(log.held()).isEqualTo(NEVER);
    log.received(A, new Received(ESTATE, 5, 2, 0, true), estate.nowNs);
    assertThat(estate.sent(A)).isEmpty();
    estate.cut();
    Part part = estate.sent(A).getFirst();
    assertThat(part.feed()).isEqualTo(2);
    assertThat(part.sequence()).isEqualTo(1);
    assertThat(texts(part)).containsExactly("1=a", "2=b");
  }

  @Test
  void anInheritedHeirCountsWithNothingUntilItHasThisEpochsImage() {
    estate.set(1, "a");
    log.follow(List.of(), List.of(A, B));
    assertThat(log.held()).isZero();
    long batch = estate.cut();
    estate.acknowledge(A, estate.sent(A).getFirst());
    assertThat(log.held()).isZero();
    estate.acknowledge(B, estate.sent(B).getFirst());
    assertThat(log.held()).isEqualTo(batch);
    estate.set(2, "b");
    estate.cut();
    assertThat(estate.sent(A).getFirst().stable()).isEqualTo(batch);
  }

  /// Otherwise A would have dropped as known by all what B, full by then, was never told.
  @Test
  void aJoiningFollowerHoldsBackWhatIsStableAndIsFullOnlyIfItHoldsThat() {
    estate.full(A);
    estate.set(1, "a");
    log.follow(List.of(B), List.of(A));
    long first = estate.cut();
    Part image = estate.sent(B).getFirst();
    estate.acknowledge(A, estate.sent(A).getFirst());
    estate.set(2, "b");
    long second = estate.cut();
    Part told = estate.sent(A).getFirst();
    assertThat(told.stable()).isEqualTo(first);
    estate.acknowledge(A, told);
    estate.set(3, "c");
    estate.cut();
    Part third = estate.sent(A).getFirst();
    assertThat(third.stable()).isEqualTo(second);
    estate.acknowledge(A, third);
    estate.acknowledge(B, image);
    assertThat(log.complete()).isEmpty();
    List<Part> toB = estate.sent(B);
    estate.set(4, "d");
    estate.cut();
    assertThat(estate.sent(A).getFirst().stable()).isEqualTo(second);
    estate.acknowledge(B, toB.getFirst());
    assertThat(log.complete()).isEmpty();
    assertThat(log.held()).isEqualTo(second);
    estate.acknowledge(B, toB.getLast());
    assertThat(log.complete()).containsExactly(B);
  }

  /// Nobody waits while there is no heir: what changed until one has an image may have had effects.
  @Test
  void theFirstHeirIsFullOnceItHoldsAllForWhichNobodyWaited() {
    log.follow(List.of(A), List.of());
    long first = estate.cut();
    Part image = estate.sent(A).getFirst();
    assertThat(log.held()).isEqualTo(NEVER);
    estate.set(1, "a");
    estate.acknowledge(A, image);
    assertThat(log.held()).isEqualTo(first);
    assertThat(log.complete()).isEmpty();
    estate.cut();
    assertThat(log.complete()).isEmpty();
    estate.acknowledge(A, estate.sent(A).getFirst());
    assertThat(log.complete()).containsExactly(A);
  }

  /// It may have been declared full before it declined, and its image is still in force.
  @Test
  void whoDeclinesWhenItMayBeFullHoldsBackWhatIsStable() {
    estate.full(A);
    log.follow(List.of(B), List.of(A));
    long held = estate.cut();
    estate.acknowledge(B, estate.sent(B).getFirst());
    estate.set(1, "a");
    estate.cut();
    log.declined(B, new Declined(ESTATE, 5, estate.sent(B).getFirst().feed()));
    assertThat(log.complete()).isEmpty();
    estate.acknowledge(A, estate.sent(A).getFirst());
    estate.set(2, "b");
    estate.cut();
    assertThat(estate.sent(A).getFirst().stable()).isEqualTo(held);
    assertThat(log.held()).isEqualTo(held);
  }

  @Test
  void whenItIsQuietHeirsAreToldOnceThatAllKnowWhatIsGone() {
    estate.set(1, "a");
    estate.full(A, B);
    estate.remove(1);
    long batch = estate.cut();
    Part toA = estate.sent(A).getFirst();
    Part toB = estate.sent(B).getFirst();
    estate.acknowledge(A, toA);
    estate.nowNs += 5;
    assertThat(log.repeatDueNs()).isEqualTo(estate.nowNs - 5 + REPEAT_NS);
    estate.acknowledge(B, toB);
    estate.nowNs += REPEAT_NS;
    log.repeat(estate.nowNs);
    Part stable = estate.sent(A).getFirst();
    assertThat(stable)
        .isEqualTo(
            new Part(ESTATE, 5, toA.feed(), toA.sequence() + 1, batch, batch, true, new byte[0]));
    estate.acknowledge(A, stable);
    estate.acknowledge(B, estate.sent(B).getFirst());
    assertThat(log.repeatDueNs()).isEqualTo(NEVER);
    estate.nowNs += REPEAT_NS;
    log.repeat(estate.nowNs);
    assertThat(estate.sent(A)).isEmpty();
    assertThat(log.held()).isEqualTo(batch);
  }

  @Test
  void nothingIsToldOutsideOfACut() {
    estate.set(1, "a");
    estate.full(A);
    estate.remove(1);
    estate.cut();
    estate.acknowledge(A, estate.sent(A).getFirst());
    estate.set(2, "b");
    assertThat(log.repeatDueNs()).isEqualTo(NEVER);
    log.repeat(estate.nowNs + REPEAT_NS);
    assertThat(estate.sent(A)).isEmpty();
  }

  /// The harness lets a follower lack 100 keys.
  @Test
  void whoLacksMoreKeysThanThereAreRecordsStartsOver() {
    estate.full(A, B);
    long held = log.held();
    fill(A);
    List<Part> filled = estate.sent(A);
    for (int i = 1; i <= 300; i++) {
      estate.set(1_000 + i, "came");
      long batch = estate.cut();
      estate.sent(B).forEach(part -> estate.acknowledge(B, part));
      estate.remove(1_000 + i);
      assertThat(log.lackingKeys()).isLessThanOrEqualTo(102);
      assertThat(log.held()).isEqualTo(held).isLessThan(batch);
    }
    long batch = estate.cut();
    List<Part> again = estate.sent(A);
    assertThat(again.getFirst().sequence()).isEqualTo(1);
    assertThat(again.getFirst().feed()).isGreaterThan(filled.getFirst().feed());
    for (List<Part> parts = List.of(again.getLast()); !parts.isEmpty(); parts = estate.sent(A)) {
      estate.acknowledge(A, parts.getLast());
    }
    estate.sent(B).forEach(part -> estate.acknowledge(B, part));
    assertThat(log.held()).isEqualTo(batch);
    assertThat(log.lackingKeys()).isZero();
  }

  @Test
  void whatCanNotBeIsRefused() {
    estate.full(A);
    estate.cut();
    assertThatThrownBy(() -> log.cut(1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.cut(2, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.changed(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RecordLog(ESTATE, 0, HeirsConfig.NONE, estate, (_, _) -> {}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HeirsConfig(HeirsConfig.Mode.SYNC, 1, 0, 0, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HeirsConfig(HeirsConfig.Mode.SYNC, 1, 0, 1, 1, 1, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
