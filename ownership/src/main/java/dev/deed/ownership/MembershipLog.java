package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The state that the entries of the membership log add up to: who is a member, who is dead since
/// which entry, and which deaths are *clear* (protocol.md §4, §6.3).
public final class MembershipLog {
  /*
   * State: living members in the order of their joins; for each death its index, and the members that
   * lived at it and have not answered it.  Clear n: all members living at n have answered all deaths
   * up to n.  A member that dies before it answers n keeps n from ever being clear; the clear of a
   * later death, its own or another, then serves both.
   *
   * A death is followed once: a second entry for the same worker changes nothing, and neither does a
   * join of a worker that is or was a member.
   */
  private final Map<WorkerId, Member> living = new LinkedHashMap<>();
  private final Map<WorkerId, Long> deaths = new LinkedHashMap<>();
  private final TreeMap<Long, Collection<WorkerId>> unanswered = new TreeMap<>();
  private final EstateDirectory estates = new EstateDirectory(this::lives, this::dead);
  private final JobDirectory jobs = new JobDirectory(this::lives, estates::closed);
  private List<EstateDirectory.Succession> successions = List.of();
  private List<WorkerId> voters = List.of();
  private Optional<Member> founder = Optional.empty();
  private long followed;
  private long clear;
  private long lastDeath;

  /// Applies the next entry; tells whether it changed anything. Throws [IllegalStateException] when
  /// `index` does not follow the last one.
  public boolean apply(long index, Entry entry) {
    Invariants.check(index == followed + 1, "entry %d after entry %d", index, followed);
    followed = index;
    return switch (entry) {
      case Entry.Join(Member member) -> join(member);
      case Entry.Death(WorkerId worker, _, _) -> die(worker);
      case Entry.Answer(WorkerId worker, long through) -> answer(worker, through);
      case Entry.Mark _ -> false;
      case Entry.Voters(List<WorkerId> next) -> {
        voters = next;
        yield true;
      }
      case Entry.Heirs heirs -> estates.apply(index, heirs);
      case Entry.Close close -> estates.apply(close);
      case Entry.JobBegun begun -> jobs.apply(begun);
      case Entry.JobResumed resumed -> jobs.apply(resumed);
      case Entry.JobEnded ended -> jobs.apply(ended);
      case Entry.Refounded refounded -> refound(refounded);
    };
  }

  private boolean join(Member member) {
    if (living.containsKey(member.id()) || deaths.containsKey(member.id())) {
      return false;
    }
    living.put(member.id(), member);
    founder = founder.or(() -> Optional.of(member));
    return true;
  }

  private boolean die(WorkerId worker) {
    if (living.remove(worker) == null) {
      return false;
    }
    deaths.put(worker, followed);
    successions = estates.followDeath(followed, worker);
    lastDeath = followed;
    unanswered.put(followed, new ArrayList<>(living.keySet()));
    settleClear();
    return true;
  }

  /// All that were of the estate die at once, whom nobody here has ever met.
  private boolean refound(Entry.Refounded entry) {
    WorkerId creator = entry.estate().creator();
    boolean met =
        estates.knows(entry.estate())
            || living.containsKey(creator)
            || deaths.containsKey(creator)
            || entry.former().stream().anyMatch(living::containsKey);
    if (met
        || !living.containsKey(entry.server())
        || entry.epoch() <= EstateDirectory.FIRST_EPOCH
        || !jobs.isFree(entry)) {
      return false;
    }
    deaths.put(creator, followed);
    entry.former().forEach(worker -> deaths.putIfAbsent(worker, followed));
    successions = List.of(estates.refound(followed, entry.estate(), entry.epoch(), entry.server()));
    lastDeath = followed;
    unanswered.put(followed, new ArrayList<>(living.keySet()));
    jobs.apply(entry);
    settleClear();
    return true;
  }

  private boolean answer(WorkerId worker, long through) {
    if (!living.containsKey(worker)) {
      return false;
    }
    unanswered.headMap(through, true).values().forEach(missing -> missing.remove(worker));
    settleClear();
    return true;
  }

  private void settleClear() {
    for (long death : unanswered.descendingKeySet()) {
      Collection<WorkerId> missing = unanswered.get(death);
      if (missing != null && missing.isEmpty()) {
        clear = death;
        unanswered.headMap(death, true).clear();
        return;
      }
    }
  }

  /// Index of the last entry applied, 0 before the first.
  public long followed() {
    return followed;
  }

  /// The highest entry index up to which all deaths are clear, 0 when none is.
  public long clear() {
    return clear;
  }

  /// Whether there is a death that is not clear.
  public boolean awaitsClear() {
    return !unanswered.isEmpty();
  }

  /// The living members in the order of their joins.
  public Collection<Member> members() {
    return living.values();
  }

  /// A living member.
  public Optional<Member> member(WorkerId worker) {
    return Optional.ofNullable(living.get(worker));
  }

  /// Whether the worker is a member.
  public boolean lives(WorkerId worker) {
    return living.containsKey(worker);
  }

  /// Whether the worker's death has been followed.
  public boolean dead(WorkerId worker) {
    return deaths.containsKey(worker);
  }

  /// Index of the worker's death entry, 0 while it is not dead.
  public long deathOf(WorkerId worker) {
    return deaths.getOrDefault(worker, 0L);
  }

  /// Index of the latest death, 0 before the first.
  public long lastDeath() {
    return lastDeath;
  }

  /// Who serves the estate: its creator as long as it lives, then an heir. Empty when the estate is
  /// closed, or its creator is not known yet.
  public Optional<WorkerId> server(EstateId estate) {
    return estates.server(estate);
  }

  /// Whether the estate's last server has died without a full heir, or has given it up.
  public boolean closed(EstateId estate) {
    return estates.closed(estate);
  }

  /// The epoch at which the estate is served: 1 for its creator, one more with each succession.
  public long epoch(EstateId estate) {
    return estates.epoch(estate);
  }

  /// The heirs of the estate, in the order in which they succeed.
  public List<Entry.Heir> heirs(EstateId estate) {
    return estates.heirs(estate);
  }

  /// Index of the entry that last changed the estate's server or heirs, 0 when none did.
  public long heirsVersion(EstateId estate) {
    return estates.version(estate);
  }

  /// The estates that a worker serves, its own first.
  public List<EstateId> servedBy(WorkerId worker) {
    return estates.servedBy(worker);
  }

  /// What became of the estates that the last one to die had served.
  List<EstateDirectory.Succession> successions() {
    return successions;
  }

  /// The job of this name that has begun and not ended.
  public Optional<Job> job(String name) {
    return jobs.named(name);
  }

  /// The job whose calls and puts are in the estate.
  public Optional<Job> jobOf(EstateId estate) {
    return jobs.of(estate);
  }

  /// The jobs that have begun and not ended.
  public Collection<Job> jobs() {
    return jobs.all();
  }

  /// The first member there ever was.
  public Optional<Member> founder() {
    return founder;
  }

  /// The voters of the log.
  public List<WorkerId> voters() {
    return voters;
  }
}
