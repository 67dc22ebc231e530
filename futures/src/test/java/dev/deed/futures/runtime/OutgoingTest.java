package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Payload;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.Value;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.Event;
import dev.deed.ownership.Message;
import dev.deed.ownership.Outcome;
import dev.deed.transport.link.LinkStatistics;
import dev.deed.transport.link.Links;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OutgoingTest {
  private static final WorkerId A = new WorkerId(1, 1);
  private static final WorkerId B = new WorkerId(2, 2);

  private final RecordedLinks links = new RecordedLinks();
  private final SubmitGate gate = new SubmitGate();
  private final Outgoing outgoing = new Outgoing(links, gate);
  private final Incoming incoming =
      new Incoming(MessageLimits.DEFAULT, new EraWindow(Long.MAX_VALUE, _ -> {}));

  /// Links that keep what was sent, and are full as long as the test says so.
  private static final class RecordedLinks implements Links {
    private record Sent(WorkerId to, byte[] bytes) {}

    private final List<Sent> sent = new ArrayList<>();
    private final Set<WorkerId> full = new HashSet<>();

    /// Messages that may still be sent before all links are full.
    private int room = Integer.MAX_VALUE;

    private final WireWriter out = new WireWriter(64);

    @Override
    public void peer(WorkerId peer, InetSocketAddress address) {
      throw new UnsupportedOperationException();
    }

    @Override
    public WireWriter begin(WorkerId peer) {
      out.clear();
      return out;
    }

    @Override
    public boolean end(WorkerId peer) {
      assertThat(hasRoom(peer)).isTrue();
      sent.add(new Sent(peer, out.toBytes()));
      room--;
      return true;
    }

    @Override
    public boolean hasRoom(WorkerId peer) {
      return room > 0 && !full.contains(peer);
    }

    @Override
    public void resume(WorkerId peer) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void flush() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void flushSoon() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close(WorkerId peer) {
      throw new UnsupportedOperationException();
    }

    @Override
    public LinkStatistics statistics() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      throw new UnsupportedOperationException();
    }
  }

  private static Message release(long number) {
    return new Message.LeaseReturn(number);
  }

  private static Message large(long request, int bytes) {
    Reference reference = new Reference(new ObjectId(TaskId.root(1, 2), 0), new EstateId(A));
    byte[] content = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      content[i] = (byte) ((i * 31) >> 3);
    }
    return new Message.ValueAnswer(
        request, reference, new Outcome.Inline(new Value(Payload.of(content), List.of())));
  }

  private List<Event.Arrived> arrivedAt(WorkerId to) {
    List<Event.Arrived> events = new ArrayList<>();
    for (RecordedLinks.Sent sent : links.sent) {
      if (sent.to.equals(to)) {
        incoming
            .read(A, new WireReader(sent.bytes))
            .ifPresent(event -> events.add((Event.Arrived) event));
      }
    }
    return events;
  }

  @Test
  void messagesGoAtOnceWhileThereIsRoom() {
    outgoing.send(A, 3, release(1));
    outgoing.send(B, 4, release(2));
    outgoing.endOfBatch();
    assertThat(arrivedAt(A)).containsExactly(new Event.Arrived(A, 3, release(1)));
    assertThat(arrivedAt(B)).containsExactly(new Event.Arrived(A, 4, release(2)));
    assertThat(gate.isShut()).isFalse();
  }

  @Test
  void whatWaitsKeepsItsOrderAndHoldsSubmittersUp() {
    outgoing.send(A, 0, release(1));
    links.full.add(A);
    outgoing.send(A, 0, release(2));
    links.full.remove(A);
    // There is room again, but something waits in front of it.
    outgoing.send(A, 0, release(3));
    outgoing.send(B, 0, release(4));
    assertThat(arrivedAt(A)).hasSize(1);
    assertThat(arrivedAt(B)).hasSize(1);
    links.full.add(A);
    outgoing.endOfBatch();
    assertThat(gate.isShut()).isTrue();
    links.full.remove(A);
    outgoing.endOfBatch();
    assertThat(arrivedAt(A))
        .extracting(Event.Arrived::message)
        .containsExactly(release(1), release(2), release(3));
    assertThat(gate.isShut()).isFalse();
  }

  @Test
  void onePeerThatIsFullHoldsNoMessageToAnotherUp() {
    links.full.add(A);
    outgoing.send(A, 0, release(1));
    outgoing.endOfBatch();
    outgoing.send(B, 0, release(2));
    outgoing.endOfBatch();
    assertThat(arrivedAt(B)).hasSize(1);
  }

  @Test
  void aFollowedDeathDropsWhatWaitsAndOpensTheGate() {
    links.full.add(A);
    outgoing.send(A, 0, release(1));
    outgoing.endOfBatch();
    outgoing.close(A);
    outgoing.endOfBatch();
    assertThat(gate.isShut()).isFalse();
    assertThat(links.sent).isEmpty();
  }

  @Test
  void aLongMessageTravelsInPartsAndNothingOvertakesIt() {
    Message large = large(1, 3 * Outgoing.PART_BYTES);
    links.room = 2;
    outgoing.send(A, 7, large);
    outgoing.send(A, 7, release(2));
    outgoing.endOfBatch();
    assertThat(links.sent).hasSize(2);
    assertThat(gate.isShut()).isTrue();
    links.room = Integer.MAX_VALUE;
    outgoing.endOfBatch();
    assertThat(links.sent)
        .allSatisfy(sent -> assertThat(sent.bytes.length).isLessThan(Outgoing.PART_BYTES + 16));
    List<Event.Arrived> arrived = arrivedAt(A);
    assertThat(arrived).hasSize(2);
    assertThat(arrived.getFirst().era()).isEqualTo(7);
    assertThat(content(arrived.getFirst())).isEqualTo(content(new Event.Arrived(A, 7, large)));
    assertThat(arrived.getLast().message()).isEqualTo(release(2));
    assertThat(gate.isShut()).isFalse();
  }

  private static byte[] content(Event.Arrived event) {
    Message.ValueAnswer answer = (Message.ValueAnswer) event.message();
    return ((Outcome.Inline) answer.outcome()).value().payload().bytes();
  }

  @Test
  void aPartWithinAPartIsRefused() {
    WireWriter inner = new WireWriter(16);
    inner.writeLong(Outgoing.MORE);
    WireWriter out = new WireWriter(16);
    out.writeLong(Outgoing.LAST);
    out.writeBytes(inner.toBytes());
    assertThatThrownBy(() -> incoming.read(A, new WireReader(out.toBytes())))
        .isInstanceOf(MalformedException.class);
  }
}
