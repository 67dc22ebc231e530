package dev.deed.ownership.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.Demand;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import dev.deed.ownership.membership.MembershipMessage.IndexedEntry;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MembershipCodecTest {
  private static final WorkerId A = new WorkerId(-1, 5);
  private static final Member MEMBER =
      new Member(A, "host", "::1", 65_535, 9, true, Demand.ONE_CPU);
  private static final Contact CONTACT = new Contact(A, "localhost", 7_000);

  private static final List<MembershipMessage> ALL =
      List.of(
          new MembershipMessage.JoinRequest(MEMBER),
          new MembershipMessage.JoinAnswer(true, "", Optional.of(A), List.of(CONTACT, CONTACT)),
          new MembershipMessage.JoinAnswer(false, "dead", Optional.empty(), List.of()),
          new MembershipMessage.FollowRequest(1),
          new MembershipMessage.Entries(
              3,
              90,
              List.of(
                  new IndexedEntry(3, new Entry.Join(MEMBER)),
                  new IndexedEntry(90, new Entry.Death(A, false, "silent")))),
          new MembershipMessage.Entries(1, MembershipCodec.MAX_RUN, List.of()),
          new MembershipMessage.Followed(Long.MAX_VALUE),
          new MembershipMessage.Fence(0),
          new MembershipMessage.Propose(7, new Entry.Answer(A, 8)),
          new MembershipMessage.ProposeAnswer(7, 0, "no"),
          new MembershipMessage.LeaseRenewal(1, 2),
          new MembershipMessage.LeaseGranted(1, 2),
          new MembershipMessage.ProbeDeath(A),
          new MembershipMessage.ProofOfDeath(A, "reaped"),
          new MembershipMessage.LeaderHint(Optional.empty()),
          new MembershipMessage.VoterCall(List.of(CONTACT)),
          new MembershipMessage.VoterReady());

  private static Member at(String address, int port) {
    return new Member(A, "host", address, port, 9, true, Demand.ONE_CPU);
  }

  private static byte[] bytes(MembershipMessage message) {
    WireWriter out = new WireWriter(16);
    MembershipCodec.write(message, out);
    return out.toBytes();
  }

  @Test
  void everyMessageIsReadAsItWasWritten() {
    for (MembershipMessage message : ALL) {
      WireReader in = new WireReader(bytes(message));
      assertThat(MembershipCodec.read(in)).isEqualTo(message);
      in.expectEnd();
    }
    assertThat(ALL.stream().map(Object::getClass).distinct().count())
        .isEqualTo(MembershipMessage.class.getPermittedSubclasses().length);
  }

  @Test
  void aMessageCutShortIsRefused() {
    for (MembershipMessage message : ALL) {
      byte[] bytes = bytes(message);
      for (int length = 0; length < bytes.length; length++) {
        WireReader cut = new WireReader(bytes, 0, length);
        assertThatThrownBy(() -> MembershipCodec.read(cut)).isInstanceOf(MalformedException.class);
      }
    }
  }

  @Test
  void damagedBytesAreRefusedOrReadAndNothingElse() {
    Random random = new Random(5);
    for (int round = 0; round < 50_000; round++) {
      byte[] bytes = bytes(ALL.get(random.nextInt(ALL.size())));
      for (int i = random.nextInt(3); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        MembershipMessage read = MembershipCodec.read(new WireReader(bytes));
        assertThat(read).isNotNull();
      } catch (MalformedException e) {
        assertThat(e).hasMessageMatching(".+");
      }
    }
  }

  @Test
  void whatIsOutOfBoundsIsRefused() {
    List<MembershipMessage> bad =
        List.of(
            new MembershipMessage.JoinRequest(at("::1", 0)),
            new MembershipMessage.JoinRequest(at("::1", 65_536)),
            new MembershipMessage.JoinRequest(at("x".repeat(256), 1)),
            new MembershipMessage.Entries(0, 5, List.of()),
            new MembershipMessage.Entries(5, 4, List.of()),
            new MembershipMessage.Entries(1, MembershipCodec.MAX_RUN + 1, List.of()),
            new MembershipMessage.Entries(1, 3, List.of(new IndexedEntry(4, new Entry.Mark()))),
            new MembershipMessage.VoterCall(List.of(new Contact(A, "x".repeat(300), 1))),
            new MembershipMessage.VoterCall(List.of(new Contact(A, "x", 70_000))));
    for (MembershipMessage message : bad) {
      WireReader in = new WireReader(bytes(message));
      assertThatThrownBy(() -> MembershipCodec.read(in)).isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void tooManyContactsAndTooLongTextsAreCutWhenTheyAreWritten() {
    List<Contact> many = IntStream.range(0, 100).mapToObj(_ -> CONTACT).toList();
    MembershipMessage call = new MembershipMessage.VoterCall(many);
    assertThat(MembershipCodec.read(new WireReader(bytes(call))))
        .isEqualTo(new MembershipMessage.VoterCall(many.subList(0, MembershipCodec.MAX_CONTACTS)));
    Entry death = new Entry.Death(A, true, "y".repeat(5_000));
    assertThat(MembershipCodec.read(new WireReader(bytes(new MembershipMessage.Propose(1, death)))))
        .isEqualTo(
            new MembershipMessage.Propose(
                1, new Entry.Death(A, true, "y".repeat(Entry.Death.MAX_REASON))));
    MembershipMessage proof = new MembershipMessage.ProofOfDeath(A, "y".repeat(5_000));
    assertThat(MembershipCodec.read(new WireReader(bytes(proof))))
        .isEqualTo(new MembershipMessage.ProofOfDeath(A, "y".repeat(MembershipCodec.MAX_TEXT)));
  }
}
