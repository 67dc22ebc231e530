package dev.deed.transport.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jgroups.Address;
import org.jgroups.util.ByteArrayDataInputStream;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.junit.jupiter.api.Test;

final class HeirInboxTest {
  private static final Address TO = HeirAddress.of(new WorkerId(-5, 6));
  private static final int MAX_BYTES = 4 * HeirFrame.MAX_BYTES;

  private final HeirCounters counters = new HeirCounters();
  private final List<byte[]> received = new ArrayList<>();
  private final HeirInbox inbox = new HeirInbox(MAX_BYTES, counters, received::add);

  private static byte[] message(int seed, int length) {
    byte[] message = new byte[length];
    new Random(seed).nextBytes(message);
    return message;
  }

  /// The frames of a message, as they come out of JGroups at the other end.
  private static List<HeirFrame> frames(long number, byte[] message) throws IOException {
    return frames(number, message, message.length);
  }

  private static List<HeirFrame> frames(long number, byte[] packed, int unpacked)
      throws IOException {
    List<HeirFrame> frames = new ArrayList<>();
    for (int start = 0; start < packed.length; start += HeirFrame.MAX_BYTES) {
      HeirFrame frame = new HeirFrame(TO, number, packed, unpacked, start);
      ByteArrayDataOutputStream out = new ByteArrayDataOutputStream(frame.size());
      frame.writePayload(out);
      frames.add(read(out.buffer(), out.position()));
    }
    return frames;
  }

  private static HeirFrame read(byte[] bytes, int length) throws IOException {
    HeirFrame frame = new HeirFrame();
    frame.readPayload(new ByteArrayDataInputStream(bytes, 0, length));
    return frame;
  }

  @Test
  void aMessageOfSeveralFramesComesWhole() throws IOException {
    byte[] message = message(1, 2 * HeirFrame.MAX_BYTES + 5);
    frames(1, message).forEach(inbox::arrived);
    assertThat(received).containsExactly(message);
    assertThat(counters.sum().bytesReceived()).isEqualTo(message.length);
  }

  @Test
  void aPackedMessageComesAsItWas() throws IOException {
    for (int length : new int[] {1, 511, 512, 513, 100_000, MAX_BYTES}) {
      byte[] message = new byte[length];
      byte[] packed = Packing.pack(message);
      frames(length, packed, length).forEach(inbox::arrived);
      assertThat(received.removeLast()).isEqualTo(message);
      assertThat(packed.length).isLessThanOrEqualTo(Math.max(511, length / 50));
    }
    byte[] noise = message(1, 100_000);
    assertThat(Packing.pack(noise)).isSameAs(noise);
  }

  @Test
  void whatIsNoPackedMessageIsDropped() throws IOException {
    byte[] packed = Packing.pack(new byte[1000]);
    frames(1, packed, 999).forEach(inbox::arrived);
    frames(2, packed, 1001).forEach(inbox::arrived);
    frames(3, java.util.Arrays.copyOf(packed, packed.length - 1), 1000).forEach(inbox::arrived);
    frames(4, message(1, 20), 1000).forEach(inbox::arrived);
    byte[] bomb = Packing.pack(new byte[MAX_BYTES + 1]);
    frames(5, bomb, MAX_BYTES + 1).forEach(inbox::arrived);
    frames(6, bomb, MAX_BYTES).forEach(inbox::arrived);
    assertThat(received).isEmpty();
    assertThat(counters.sum().malformed()).isEqualTo(6);
    for (int bit = 0; bit < 8 * packed.length; bit++) {
      byte[] flipped = packed.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      frames(7 + bit, flipped, 1000).forEach(inbox::arrived); // dropped, or another of its length
    }
    received.clear();
    frames(10_000, packed, 1000).forEach(inbox::arrived);
    assertThat(received).containsExactly(new byte[1000]);
  }

  @Test
  void aMessageThatLacksAFrameIsGivenUp() throws IOException {
    byte[] message = message(1, 3 * HeirFrame.MAX_BYTES);
    List<HeirFrame> frames = frames(1, message);
    inbox.arrived(frames.get(0));
    inbox.arrived(frames.get(2));
    assertThat(received).isEmpty();
    byte[] next = message(2, 10);
    frames(2, next).forEach(inbox::arrived);
    assertThat(received).containsExactly(next);
    assertThat(counters.sum().framesDropped()).isEqualTo(2);
  }

  @Test
  void aMessageWhoseBeginningWasLostIsNotMixedWithAnother() throws IOException {
    List<HeirFrame> one = frames(1, message(1, 2 * HeirFrame.MAX_BYTES));
    List<HeirFrame> two = frames(2, message(2, 2 * HeirFrame.MAX_BYTES));
    inbox.arrived(one.get(0));
    inbox.arrived(two.get(1));
    assertThat(received).isEmpty();
  }

  @Test
  void nothingComesTwiceOrAfterALaterMessage() throws IOException {
    byte[] late = message(1, 10);
    byte[] early = message(2, 10);
    frames(2, early).forEach(inbox::arrived);
    frames(1, late).forEach(inbox::arrived);
    frames(2, early).forEach(inbox::arrived);
    assertThat(received).containsExactly(early);
  }

  @Test
  void whatComesOfLossRepetitionAndDisorderIsWholeAndInOrder() throws IOException {
    int messages = 40;
    List<byte[]> sent = new ArrayList<>();
    List<HeirFrame> frames = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < messages; i++) {
      sent.add(message(i, 1 + random.nextInt(3 * HeirFrame.MAX_BYTES / 2)));
      frames.addAll(frames(i + 1L, sent.get(i)));
    }
    int at = 0;
    while (at < frames.size()) {
      int choice = random.nextInt(10);
      if (choice == 0) {
        at++;
      } else if (choice == 1) {
        at = Math.max(0, at - random.nextInt(3));
      }
      if (at < frames.size()) {
        inbox.arrived(frames.get(at++));
      }
    }
    assertThat(received).hasSizeBetween(messages / 3, messages - 1);
    int next = 0;
    for (byte[] message : received) {
      while (!java.util.Arrays.equals(sent.get(next), message)) {
        next++;
      }
      next++;
    }
  }

  @Test
  void nothingIsHandedOverAfterTheEnd() throws IOException {
    inbox.end();
    frames(1, message(1, 10)).forEach(inbox::arrived);
    assertThat(received).isEmpty();
  }

  @Test
  void aMessageLongerThanIsAgreedIsNotKept() throws IOException {
    frames(1, message(1, MAX_BYTES + 1)).forEach(inbox::arrived);
    assertThat(received).isEmpty();
    assertThat(counters.sum().malformed()).isEqualTo(5);
  }

  @Test
  void aFrameThatCantBeIsRefusedBeforeAnythingIsAllocated() {
    long[][] impossible = {
      {0, 10, 10, 0, 10}, // number
      {-1, 10, 10, 0, 10},
      {1, 10, 10, 0, 0}, // count
      {1, 10, 10, 0, -1},
      {1, Integer.MAX_VALUE, Integer.MAX_VALUE, 0, Integer.MAX_VALUE},
      {1, 11, 11, 0, 11}, // more than there is
      {1, 9, 9, 0, 10}, // more than the total
      {1, 19, 19, 10, 10},
      {1, 10, 10, -1, 10}, // start
      {1, 10, -1, 0, 10}, // total
      {1, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, 10},
      {1, 9, 10, 0, 10}, // packed, and longer for it
      {1, -1, 10, 0, 10},
    };
    for (long[] head : impossible) {
      byte[] bytes =
          ByteBuffer.allocate(34)
              .putLong(head[0])
              .putInt((int) head[1])
              .putInt((int) head[2])
              .putInt((int) head[3])
              .putInt((int) head[4])
              .array();
      assertThatThrownBy(() -> read(bytes, bytes.length))
          .as(java.util.Arrays.toString(head))
          .isInstanceOf(IOException.class);
    }
  }
}
