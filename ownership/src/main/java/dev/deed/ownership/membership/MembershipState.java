package dev.deed.ownership.membership;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Member;
import dev.deed.ownership.MembershipLog;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What all duties of a [MembershipService] share: the log as followed, whom it knows, how it
/// sends.
final class MembershipState {
  final Member self;
  final MembershipConfig config;
  final MembershipEffects effects;
  final MembershipLog log = new MembershipLog();
  final EntryHistory history = new EntryHistory();

  /// Proofs of deaths that are not in the log yet, with how they were had. A worker may end before
  /// it has become a member.
  final Map<WorkerId, String> proven = new LinkedHashMap<>();

  private final Map<WorkerId, Contact> contacts = new LinkedHashMap<>();
  private final Deque<MembershipMessage> toSelf = new ArrayDeque<>();
  private Optional<WorkerId> leader = Optional.empty();
  private long fence;

  MembershipState(Member self, MembershipConfig config, MembershipEffects effects) {
    this.self = self;
    this.config = config;
    this.effects = effects;
  }

  WorkerId id() {
    return self.id();
  }

  /// Sends to another worker, or keeps the message for this one until the event is done.
  void send(WorkerId to, MembershipMessage message) {
    if (to.equals(id())) {
      toSelf.addLast(message);
    } else {
      effects.send(to, message);
    }
  }

  @Nullable MembershipMessage pollToSelf() {
    return toSelf.pollFirst();
  }

  /// Who leads, as far as known; never a worker that is known to be dead.
  Optional<WorkerId> leader() {
    return leader.filter(worker -> living(worker));
  }

  void leader(Optional<WorkerId> worker) {
    leader = worker;
  }

  /// Whom a member without a leader may ask: the voters first, then all others that it knows of.
  List<WorkerId> advisers() {
    Set<WorkerId> advisers = new LinkedHashSet<>(log.voters());
    advisers.addAll(contacts.keySet());
    advisers.removeIf(worker -> worker.equals(id()) || !living(worker));
    return List.copyOf(advisers);
  }

  void learn(Contact contact) {
    if (!contact.equals(contacts.put(contact.worker(), contact))) {
      effects.learn(contact);
    }
  }

  /// The voters' addresses, to tell a process that wants to follow.
  List<Contact> voterContacts() {
    return contacts(log.voters());
  }

  /// Where these members are reached.
  List<Contact> contacts(List<WorkerId> members) {
    return members.stream()
        .flatMap(worker -> log.member(worker).stream())
        .map(member -> new Contact(member.id(), member.address(), member.port()))
        .toList();
  }

  long fence() {
    return fence;
  }

  /// Raises the fence; tells whether it rose.
  boolean raiseFence(long index) {
    if (index <= fence) {
      return false;
    }
    fence = index;
    effects.fence(index);
    return true;
  }

  private boolean living(WorkerId worker) {
    return !log.dead(worker) && !proven.containsKey(worker);
  }

  /// Whether so many voters have certainly ended that nothing will ever be committed again, unless
  /// the log has gone on without this worker.
  boolean votersGone() {
    List<WorkerId> voters = log.voters();
    long left = voters.stream().filter(this::living).count();
    return !voters.isEmpty() && left < voters.size() / 2 + 1;
  }
}
