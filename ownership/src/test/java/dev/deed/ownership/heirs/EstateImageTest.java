package dev.deed.ownership.heirs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.heirs.Beyond.Change;
import dev.deed.ownership.heirs.HeirMessage.Declined;
import dev.deed.ownership.heirs.HeirMessage.Part;
import dev.deed.ownership.heirs.HeirMessage.Received;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The rules of the heir's side, one by one.
class EstateImageTest {
  private static final EstateId ESTATE = new EstateId(new WorkerId(1, 1));
  private static final long ENTRY = 100;

  private final EstateImage image = new EstateImage(ESTATE, 1_000);

  /// A part of epoch 2. Records are `key=text`, or `key` for what is gone.
  private static Part part(
      long feed, long sequence, long batch, long stable, boolean complete, String... records) {
    return part(2, feed, sequence, batch, stable, complete, records);
  }

  private static Part part(
      long epoch,
      long feed,
      long sequence,
      long batch,
      long stable,
      boolean complete,
      String... records) {
    WireWriter out = new WireWriter(64);
    for (String record : records) {
      String[] parts = record.split("=", -1);
      long key = Long.parseLong(parts[0]);
      if (parts.length == 1) {
        RecordBytes.appendGone(key, out);
      } else {
        byte[] bytes = parts[1].getBytes(StandardCharsets.UTF_8);
        RecordBytes.append(key, bytes, bytes.length, out);
      }
    }
    return new Part(ESTATE, epoch, feed, sequence, batch, stable, complete, out.toBytes());
  }

  private static Received received(long feed, long through, boolean gap) {
    return new Received(ESTATE, 2, feed, through, gap);
  }

  private static List<String> texts(EstateImage image) {
    List<String> texts = new ArrayList<>();
    image
        .records()
        .forEach((key, bytes) -> texts.add(key + "=" + new String(bytes, StandardCharsets.UTF_8)));
    return texts;
  }

  private static Change change(long key, String text) {
    return new Change(key, text.getBytes(StandardCharsets.UTF_8));
  }

  private static Change gone(long key) {
    return new Change(key, null);
  }

  @Test
  void anImageIsEmptyBeforeTheFirstCompleteCut() {
    assertThat(image.arrived(part(1, 1, 3, 0, false, "1=a", "2=b")))
        .isEqualTo(received(1, 1, false));
    assertThat(image.epoch()).isZero();
    assertThat(image.batch()).isZero();
    assertThat(image.bytes()).isZero();
    assertThat(image.stagedBytes()).isEqualTo(2 * (ENTRY + 1));
    assertThat(image.records()).isEmpty();
    assertThat(image.beyond()).isEqualTo(Beyond.NONE);
  }

  @Test
  void partsAreAppliedTogether() {
    image.arrived(part(1, 1, 3, 0, false, "1=a", "2=b", "3=c"));
    assertThat(image.arrived(part(1, 2, 4, 0, true, "2=B", "3"))).isEqualTo(received(1, 2, false));
    assertThat(texts(image)).containsExactly("1=a", "2=B");
    assertThat(image.epoch()).isEqualTo(2);
    assertThat(image.batch()).isEqualTo(4);
    assertThat(image.bytes()).isEqualTo(2 * (ENTRY + 1));
    assertThat(image.stagedBytes()).isZero();
    image.arrived(part(1, 3, 5, 0, false, "1"));
    assertThat(texts(image)).containsExactly("1=a", "2=B");
    image.arrived(part(1, 4, 6, 0, true, "4=dd"));
    assertThat(texts(image)).containsExactly("2=B", "4=dd");
    assertThat(image.batch()).isEqualTo(6);
    assertThat(image.bytes()).isEqualTo(2 * ENTRY + 3 + ENTRY);
  }

  @Test
  void aRecordMayBeRemovedAndMadeAgain() {
    image.arrived(part(1, 1, 1, 0, true, "1=a"));
    image.arrived(part(1, 2, 2, 0, true, "1"));
    assertThat(image.records()).isEmpty();
    image.arrived(part(1, 3, 3, 0, true, "1=b"));
    assertThat(texts(image)).containsExactly("1=b");
    image.arrived(part(1, 4, 4, 1, false, "1"));
    image.arrived(part(1, 5, 4, 1, true, "1=c"));
    assertThat(texts(image)).containsExactly("1=c");
    image.arrived(part(1, 6, 5, 1, true, "1"));
    image.arrived(part(1, 7, 6, 1, true, "1"));
    image.arrived(part(1, 8, 7, 5, true, "2=b"));
    assertThat(image.beyond().changes()).containsExactly(gone(1), change(2, "b"));
    image.arrived(part(1, 9, 8, 6, true, "1=d"));
    image.arrived(part(1, 10, 9, 8, true));
    assertThat(texts(image)).containsExactly("1=d", "2=b");
    assertThat(image.bytes()).isEqualTo(2 * (ENTRY + 1));
  }

  @Test
  void aGapIsToldAndARepeatIsAnswered() {
    assertThat(image.arrived(part(1, 2, 1, 0, true, "2=b"))).isEqualTo(received(1, 0, true));
    assertThat(image.arrived(part(1, 1, 1, 0, false, "1=a"))).isEqualTo(received(1, 1, false));
    assertThat(image.arrived(part(1, 3, 1, 0, true))).isEqualTo(received(1, 1, true));
    assertThat(image.arrived(part(1, 1, 1, 0, false, "1=a"))).isEqualTo(received(1, 1, false));
    assertThat(image.arrived(part(1, 2, 1, 0, true, "2=b"))).isEqualTo(received(1, 2, false));
    assertThat(texts(image)).containsExactly("1=a", "2=b");
  }

  @Test
  void whatIsOfAnEarlierFeedOrOfAnotherEstateIsIgnored() {
    image.arrived(part(3, 1, 1, 0, true, "1=a"));
    assertThat(image.arrived(part(2, 1, 9, 0, true, "2=b"))).isNull();
    assertThat(image.arrived(part(1, 7, 2, 9, 0, true, "2=b"))).isNull();
    Part other = new Part(new EstateId(new WorkerId(2, 2)), 9, 9, 1, 1, 0, true, new byte[0]);
    assertThat(image.arrived(other)).isNull();
    assertThat(texts(image)).containsExactly("1=a");
    assertThat(image.arrived(part(3, 2, 2, 0, true, "3=c"))).isEqualTo(received(3, 2, false));
  }

  @Test
  void theOldImageStaysInForceUntilTheNewOneIsComplete() {
    image.arrived(part(1, 1, 7, 0, true, "1=a", "2=b"));
    image.arrived(part(1, 2, 8, 0, false, "3=staged"));
    assertThat(image.arrived(part(3, 1, 1, 1, 0, false, "1=A")))
        .isEqualTo(new Received(ESTATE, 3, 1, 1, false));
    assertThat(texts(image)).containsExactly("1=a", "2=b");
    assertThat(image.epoch()).isEqualTo(2);
    assertThat(image.batch()).isEqualTo(7);
    image.arrived(part(3, 1, 2, 1, 0, true, "4=d"));
    assertThat(texts(image)).containsExactly("1=A", "4=d");
    assertThat(image.epoch()).isEqualTo(3);
    assertThat(image.batch()).isEqualTo(1);
    assertThat(image.bytes()).isEqualTo(2 * (ENTRY + 1));
  }

  @Test
  void aNewFeedMayBeginWithAGap() {
    image.arrived(part(1, 1, 7, 0, true, "1=a"));
    assertThat(image.arrived(part(2, 2, 9, 0, true, "2=b"))).isEqualTo(received(2, 0, true));
    assertThat(texts(image)).containsExactly("1=a");
    assertThat(image.arrived(part(1, 2, 8, 0, true, "3=c"))).isNull();
    image.arrived(part(2, 1, 9, 0, true, "2=b"));
    assertThat(texts(image)).containsExactly("2=b");
  }

  @Test
  void whatHasNoRoomIsDeclinedAndTheImageStays() {
    image.arrived(part(1, 1, 1, 0, true, "1=a"));
    String half = "x".repeat(400);
    image.arrived(part(1, 2, 2, 0, false, "2=" + half));
    Declined declined = new Declined(ESTATE, 2, 1);
    assertThat(image.arrived(part(1, 3, 2, 0, true, "3=" + half))).isEqualTo(declined);
    assertThat(image.stagedBytes()).isZero();
    assertThat(texts(image)).containsExactly("1=a");
    assertThat(image.batch()).isEqualTo(1);
    assertThat(image.arrived(part(1, 4, 3, 0, true, "1"))).isEqualTo(declined);
    assertThat(image.arrived(part(1, 1, 3, 0, true))).isEqualTo(declined);
    assertThat(texts(image)).containsExactly("1=a");
    assertThat(image.arrived(part(2, 1, 5, 0, true, "2=b"))).isEqualTo(received(2, 1, false));
    assertThat(texts(image)).containsExactly("2=b");
  }

  @Test
  void theLimitIsReachedExactly() {
    assertThat(image.arrived(part(1, 1, 1, 0, true, "1=" + "x".repeat(900))))
        .isEqualTo(received(1, 1, false));
    assertThat(image.bytes()).isEqualTo(1_000);
    assertThat(image.arrived(part(1, 2, 2, 0, true, "2="))).isEqualTo(new Declined(ESTATE, 2, 1));
  }

  @Test
  void whatOldAndNewImageHaveInCommonIsKeptOnce() {
    String common = "x".repeat(500);
    image.arrived(part(1, 1, 1, 0, true, "1=" + common, "2=a"));
    image.arrived(part(2, 1, 2, 0, false, "1=" + common));
    assertThat(image.stagedBytes()).isEqualTo(ENTRY);
    image.arrived(part(2, 2, 2, 0, true, "2=b"));
    assertThat(texts(image)).containsExactly("1=" + common, "2=b");
    assertThat(image.bytes()).isEqualTo(2 * ENTRY + 501);
  }

  @Test
  void whatIsGoneIsForgottenBeforeAnythingIsDeclined() {
    image.arrived(part(1, 1, 1, 0, true, "1=a", "2=b", "3=c"));
    image.arrived(part(1, 2, 2, 1, true, "1", "2", "3"));
    assertThat(image.bytes()).isEqualTo(3 * ENTRY);
    assertThat(image.beyond().whole()).isFalse();
    assertThat(image.arrived(part(1, 3, 3, 1, true, "4=" + "x".repeat(701))))
        .isEqualTo(received(1, 3, false));
    assertThat(image.bytes()).isEqualTo(ENTRY + 701);
    assertThat(image.beyond().whole()).isTrue();
    image.arrived(part(1, 4, 4, 2, true, "5=e"));
    assertThat(image.beyond().whole()).isFalse();
  }

  @Test
  void whatIsMalformedChangesNothing() {
    image.arrived(part(1, 1, 5, 0, true, "1=a"));
    image.arrived(part(1, 2, 6, 0, false, "2=b"));
    byte[][] bad = {
      {1},
      {0, 1},
      {1, 3, 7},
      {1, (byte) 0x80},
      {1, 2, 7, 2},
      {1, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f}
    };
    for (byte[] records : bad) {
      for (Part part :
          List.of(
              new Part(ESTATE, 2, 1, 3, 6, 0, true, records),
              new Part(ESTATE, 2, 2, 1, 6, 0, true, records))) {
        assertThatThrownBy(() -> image.arrived(part)).isInstanceOf(MalformedException.class);
      }
    }
    Part back = part(1, 3, 5, 0, true);
    assertThatThrownBy(() -> image.arrived(back)).isInstanceOf(MalformedException.class);
    assertThat(texts(image)).containsExactly("1=a");
    assertThat(image.arrived(part(1, 3, 6, 0, true))).isEqualTo(received(1, 3, false));
    assertThat(texts(image)).containsExactly("1=a", "2=b");
    Part beforeImage = part(1, 4, 5, 0, true);
    assertThatThrownBy(() -> image.arrived(beforeImage)).isInstanceOf(MalformedException.class);
  }

  @Test
  void beyondIsTheWholeImageUntilAllHoldTheFirstCompleteBatch() {
    image.arrived(part(1, 1, 5, 4, true, "2=b", "1=a"));
    assertThat(image.beyond())
        .isEqualTo(new Beyond(2, 5, true, List.of(change(1, "a"), change(2, "b"))));
    image.arrived(part(1, 2, 6, 4, true, "1"));
    assertThat(image.beyond()).isEqualTo(new Beyond(2, 6, true, List.of(change(2, "b"))));
    image.arrived(part(1, 3, 7, 5, true, "3=c"));
    assertThat(image.beyond()).isEqualTo(new Beyond(2, 7, false, List.of(gone(1), change(3, "c"))));
    image.arrived(part(1, 4, 8, 6, true, "9"));
    assertThat(image.beyond()).isEqualTo(new Beyond(2, 8, false, List.of(change(3, "c"), gone(9))));
    image.arrived(part(1, 5, 8, 8, true));
    assertThat(image.beyond()).isEqualTo(new Beyond(2, 8, false, List.of()));
    assertThat(image.bytes()).isEqualTo(2 * (ENTRY + 1));
  }

  @Test
  void beyondIsInTheOrderOfTheKeys() {
    long large = 3L << 32;
    image.arrived(part(1, 1, 1, 0, true, large + "=z", "7=y", "2=x"));
    assertThat(image.beyond().changes())
        .containsExactly(change(2, "x"), change(7, "y"), change(large, "z"));
  }

  @Test
  void whatAnotherHasBeyondIsTakenOver() {
    image.arrived(part(1, 1, 5, 0, true, "1=a", "2=b", "3=c"));
    image.arrived(part(1, 2, 6, 5, true, "4=d"));
    image.complete(new Beyond(2, 9, false, List.of(gone(1), change(2, "B"), change(5, "e"))));
    assertThat(texts(image)).containsExactly("2=B", "3=c", "4=d", "5=e");
    assertThat(image.batch()).isEqualTo(9);
    assertThat(image.beyond())
        .isEqualTo(
            new Beyond(
                2, 9, false, List.of(gone(1), change(2, "B"), change(4, "d"), change(5, "e"))));
    image.complete(new Beyond(2, 9, false, List.of(gone(2))));
    image.complete(new Beyond(2, 8, true, List.of()));
    image.complete(new Beyond(1, 99, true, List.of()));
    image.complete(Beyond.NONE);
    assertThat(texts(image)).containsExactly("2=B", "3=c", "4=d", "5=e");
  }

  @Test
  void theWholeImageOfAnotherTakesTheOwnOnesPlace() {
    image.arrived(part(1, 1, 5, 0, true, "1=a", "2=b"));
    image.complete(new Beyond(2, 6, true, List.of(change(2, "B"))));
    assertThat(texts(image)).containsExactly("2=B");
    image.complete(new Beyond(3, 1, true, List.of(change(3, "C"))));
    assertThat(texts(image)).containsExactly("3=C");
    assertThat(image.epoch()).isEqualTo(3);
    assertThat(image.batch()).isEqualTo(1);
    assertThat(image.bytes()).isEqualTo(ENTRY + 1);
    assertThat(image.beyond()).isEqualTo(new Beyond(3, 1, true, List.of(change(3, "C"))));
    Beyond partial = new Beyond(4, 1, false, List.of());
    assertThatThrownBy(() -> image.complete(partial)).isInstanceOf(MalformedException.class);
  }

  @Test
  void theDeadServerIsNotFollowedAfterThat() {
    image.arrived(part(1, 1, 5, 0, true, "1=a"));
    image.arrived(part(1, 2, 6, 0, false, "2=staged"));
    image.complete(new Beyond(2, 9, true, List.of(change(3, "c"))));
    assertThat(image.stagedBytes()).isZero();
    assertThat(image.arrived(part(1, 3, 6, 0, true, "4=d"))).isNull();
    assertThat(image.arrived(part(2, 1, 10, 0, true, "4=d"))).isNull();
    assertThat(texts(image)).containsExactly("3=c");
    image.arrived(part(3, 1, 1, 1, 0, true, "5=e"));
    assertThat(texts(image)).containsExactly("5=e");
  }

  @Test
  void whatIsNotFurtherDoesNotEndTheFeed() {
    image.arrived(part(1, 1, 5, 0, true, "1=a"));
    image.complete(new Beyond(2, 5, true, List.of()));
    assertThat(image.arrived(part(1, 2, 6, 0, true, "2=b"))).isEqualTo(received(1, 2, false));
  }
}
