package dev.deed.ownership.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Demand;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import dev.deed.ownership.MembershipLog;
import dev.deed.ownership.membership.MembershipMessage.Entries;
import dev.deed.ownership.membership.MembershipMessage.IndexedEntry;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/// Whoever follows a history comes to the state of who followed every entry, from wherever he goes
/// on, and the history doesn't grow with the answers.
final class EntryHistoryProperties {
  private static final int WORKERS = 6;

  private static WorkerId worker(int number) {
    return new WorkerId(number, 1);
  }

  @Provide
  Arbitrary<List<Entry>> logs() {
    Arbitrary<Integer> number = Arbitraries.integers().between(1, WORKERS);
    Arbitrary<Entry> joins =
        number.map(
            n -> new Entry.Join(new Member(worker(n), "h", "a", 1, n, false, Demand.ONE_CPU)));
    Arbitrary<Entry> deaths = number.map(n -> new Entry.Death(worker(n), true, "gone"));
    Arbitrary<Entry> answers =
        Combinators.combine(number, Arbitraries.longs().between(0, 60))
            .as((n, through) -> new Entry.Answer(worker(n), through));
    return Arbitraries.frequencyOf(
            Tuple.of(3, joins),
            Tuple.of(2, deaths),
            Tuple.of(9, answers),
            Tuple.of(1, Arbitraries.just(new Entry.Mark())))
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }

  @Property
  void whoFollowsAHistoryComesToTheSameState(
      @ForAll("logs") List<Entry> entries, @ForAll @IntRange(max = 60) int before) {
    EntryHistory history = new EntryHistory();
    MembershipLog whole = new MembershipLog();
    MembershipLog late = new MembershipLog();
    for (int i = 0; i < entries.size(); i++) {
      history.add(i + 1, entries.get(i), whole.apply(i + 1, entries.get(i)));
      history.cleared(whole.clear());
      if (i < before) {
        late.apply(i + 1, entries.get(i));
      }
    }
    while (late.followed() < history.last()) {
      follow(late, history.from(late.followed() + 1));
    }
    assertThat(late.members()).containsExactlyElementsOf(whole.members());
    assertThat(late.clear()).isEqualTo(whole.clear());
    assertThat(late.awaitsClear()).isEqualTo(whole.awaitsClear());
    assertThat(late.lastDeath()).isEqualTo(whole.lastDeath());
    for (int n = 1; n <= WORKERS; n++) {
      assertThat(late.deathOf(worker(n))).isEqualTo(whole.deathOf(worker(n)));
    }
  }

  private static void follow(MembershipLog log, Entries part) {
    List<IndexedEntry> listed = new ArrayList<>(part.entries());
    for (long index = part.first(); index <= part.through(); index++) {
      boolean isListed = !listed.isEmpty() && listed.getFirst().index() == index;
      log.apply(index, isListed ? listed.removeFirst().entry() : new Entry.Mark());
    }
  }

  @Property(tries = 20)
  void answersDoNotPileUp(@ForAll @IntRange(min = 2, max = 8) int members) {
    EntryHistory history = new EntryHistory();
    MembershipLog log = new MembershipLog();
    for (int n = 1; n <= members; n++) {
      add(history, log, join(n));
    }
    int deaths = 50;
    for (int n = 0; n < deaths; n++) {
      add(history, log, join(1_000 + n));
      add(history, log, new Entry.Death(worker(1_000 + n), true, "gone"));
      for (int m = 1; m <= members; m++) {
        add(history, log, new Entry.Answer(worker(m), log.lastDeath()));
      }
      assertThat(log.awaitsClear()).isFalse();
    }
    assertThat(history.size()).isEqualTo(members + 2 * deaths + members);
  }

  private static Entry join(int n) {
    return new Entry.Join(new Member(worker(n), "h", "a", 1, n, false, Demand.ONE_CPU));
  }

  private static void add(EntryHistory history, MembershipLog log, Entry entry) {
    long index = log.followed() + 1;
    history.add(index, entry, log.apply(index, entry));
    history.cleared(log.clear());
  }
}
