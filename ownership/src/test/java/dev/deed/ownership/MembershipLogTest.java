package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipLogTest {
  private static final WorkerId A = new WorkerId(1, 1);
  private static final WorkerId B = new WorkerId(1, 2);
  private static final WorkerId C = new WorkerId(1, 3);

  private final MembershipLog log = new MembershipLog();

  private static Member member(WorkerId id) {
    return new Member(id, "host", "127.0.0.1", 4000, 17, false, Demand.ONE_CPU);
  }

  private boolean apply(Entry entry) {
    return log.apply(log.followed() + 1, entry);
  }

  private long die(WorkerId worker) {
    assertThat(apply(new Entry.Death(worker, true, "killed"))).isTrue();
    return log.followed();
  }

  @Test
  void entriesComeInOrderWithoutGaps() {
    assertThat(apply(new Entry.Mark())).isFalse();
    assertThatThrownBy(() -> log.apply(3, new Entry.Mark()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> log.apply(1, new Entry.Mark()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aRepeatedJoinOrDeathChangesNothing() {
    assertThat(apply(new Entry.Join(member(A)))).isTrue();
    assertThat(apply(new Entry.Join(member(A)))).isFalse();
    long death = die(A);
    assertThat(apply(new Entry.Death(A, false, "again"))).isFalse();
    assertThat(apply(new Entry.Join(member(A)))).isFalse();
    assertThat(log.lives(A)).isFalse();
    assertThat(log.deathOf(A)).isEqualTo(death);
    assertThat(log.lastDeath()).isEqualTo(death);
  }

  @Test
  void anEstateIsClosedWhenItsCreatorDies() {
    EstateId estate = new EstateId(A);
    assertThat(log.server(estate)).isEmpty();
    assertThat(log.closed(estate)).isFalse();
    apply(new Entry.Join(member(A)));
    assertThat(log.server(estate)).contains(A);
    die(A);
    assertThat(log.server(estate)).isEmpty();
    assertThat(log.closed(estate)).isTrue();
  }

  @Test
  void aDeathIsClearWhenAllWhoLivedAtItHaveAnswered() {
    List.of(A, B, C).forEach(worker -> apply(new Entry.Join(member(worker))));
    long death = die(C);
    assertThat(log.awaitsClear()).isTrue();
    apply(new Entry.Answer(A, death));
    apply(new Entry.Answer(C, death));
    assertThat(log.clear()).isZero();
    apply(new Entry.Answer(B, death));
    assertThat(log.clear()).isEqualTo(death);
    assertThat(log.awaitsClear()).isFalse();
  }

  @Test
  void theClearOfALaterDeathServesAnEarlierOneWithoutAnAnswer() {
    List.of(A, B, C).forEach(worker -> apply(new Entry.Join(member(worker))));
    long first = die(C);
    apply(new Entry.Answer(A, first));
    long second = die(B);
    assertThat(log.clear()).isZero();
    apply(new Entry.Answer(A, second));
    assertThat(log.clear()).isEqualTo(second);
    assertThat(log.awaitsClear()).isFalse();
  }

  @Test
  void anEarlierDeathMayBeClearBeforeALaterOne() {
    List.of(A, B, C).forEach(worker -> apply(new Entry.Join(member(worker))));
    long first = die(C);
    WorkerId d = new WorkerId(1, 4);
    apply(new Entry.Join(member(d)));
    long second = die(d);
    apply(new Entry.Answer(A, first));
    apply(new Entry.Answer(B, first));
    assertThat(log.clear()).isEqualTo(first);
    apply(new Entry.Answer(A, second));
    apply(new Entry.Answer(B, second));
    assertThat(log.clear()).isEqualTo(second);
  }

  @Test
  void entriesAreReadAsTheyWereWritten() {
    List<Entry> entries =
        List.of(
            new Entry.Join(member(A)),
            new Entry.Death(B, true, "reaped"),
            new Entry.Answer(C, 77),
            new Entry.Mark(),
            new Entry.Voters(List.of(A, B, C)),
            new Entry.Heirs(
                new EstateId(A), 3, 17, List.of(new Entry.Heir(B, true), new Entry.Heir(C, false))),
            new Entry.Close(new EstateId(B), 2),
            new Entry.JobBegun("sums", A, TaskId.root(1, 2)),
            new Entry.JobResumed("sums", B),
            new Entry.JobEnded("sums", new EstateId(A), C));
    for (Entry entry : entries) {
      WireWriter out = new WireWriter(16);
      entry.write(out);
      WireReader in = new WireReader(out.toBytes());
      assertThat(Entry.read(in)).isEqualTo(entry);
      in.expectEnd();
      for (int length = 0; length < out.length(); length++) {
        WireReader cut = new WireReader(out.toBytes(), 0, length);
        assertThatThrownBy(() -> Entry.read(cut)).isInstanceOf(MalformedException.class);
      }
    }
  }
}
