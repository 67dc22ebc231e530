package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.NotSerializableValueException;
import dev.deed.Ref;
import dev.deed.ownership.CoreView;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What fits into messages, and what becomes of the rest: limits of a few thousand bytes.
final class MessageLimitsTest {
  private static final MessageLimits SMALL = new MessageLimits(20_000);

  private LocalSession session;

  @BeforeEach
  void open() {
    session = LocalSession.open(DeedConfig.load().workerCpus(2), SMALL);
  }

  @AfterEach
  void close() {
    session.close();
  }

  @Test
  void smallResultsThatHaveNoRoomTogetherAreStored() {
    int count = 10;
    List<Ref<byte[]>> refs = Deed.submitSplit(count, () -> arrays(count, 1000));
    List<byte[]> values = Deed.getAll(refs);
    for (int i = 0; i < count; i++) {
      assertThat(values.get(i)).hasSize(1000).startsWith(i);
    }
    // A fifth of the message takes three of them.
    long stored =
        session.runtime().look(CoreView::copies).stream().filter(copy -> copy.size() > 0).count();
    assertThat(stored).isEqualTo(count - 3);
    refs.forEach(Ref::close);
  }

  @Test
  void aResultWithMoreReferencesThanAReplyCanTellFailsAndTheOthersDoNot() {
    List<Ref<Object>> refs = Deed.submitSplit(2, () -> List.of(references(120), "fits"));
    assertThatThrownBy(refs.getFirst()::get)
        .isInstanceOf(NotSerializableValueException.class)
        .hasMessageContainingAll("120 references", "put()");
    assertThat(refs.getLast().get()).isEqualTo("fits");
    refs.forEach(Ref::close);
  }

  @Test
  void aCallThatCapturesMoreThanItsShareIsRefusedAndChangesNothing() {
    byte[] captured = new byte[10_001];
    assertThatThrownBy(() -> Deed.submit(() -> captured.length))
        .isInstanceOf(NotSerializableValueException.class)
        .hasMessageContainingAll("captures", "10000", "put()");
    List<Ref<Integer>> references = references(260);
    assertThatThrownBy(() -> Deed.submit(() -> references.size()))
        .isInstanceOf(NotSerializableValueException.class)
        .hasMessageContaining("captures");
    references.forEach(Ref::close);
    assertThat(session.runtime().look(CoreView::callCount).made()).isZero();
    byte[] less = new byte[5_000];
    assertThat(Deed.submit(() -> less.length).get()).isEqualTo(5_000);
  }

  private static List<byte[]> arrays(int count, int size) {
    List<byte[]> arrays = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] array = new byte[size];
      array[0] = (byte) i;
      arrays.add(array);
    }
    return arrays;
  }

  private static List<Ref<Integer>> references(int count) {
    List<Ref<Integer>> references = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      references.add(Deed.put(i));
    }
    return references;
  }
}
