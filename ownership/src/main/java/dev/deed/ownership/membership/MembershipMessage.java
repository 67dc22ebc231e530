package dev.deed.ownership.membership;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import java.util.List;
import java.util.Optional;

/// What workers say to each other about membership, outside the replicated log. Messages travel on
/// links; each may be repeated without harm, and all but [Entries] may be lost.
public sealed interface MembershipMessage {

  /// A process wants to be a member.
  record JoinRequest(Member member) implements MembershipMessage {}

  /// Answers a [JoinRequest].
  ///
  /// @param accepted whether the Join is in the log
  /// @param refusal why not; empty when it may be asked again, elsewhere: see `leader`
  /// @param leader who can accept, as far as known
  /// @param voters where the log can be followed
  record JoinAnswer(
      boolean accepted, String refusal, Optional<WorkerId> leader, List<Contact> voters)
      implements MembershipMessage {}

  /// The sender wants the entries from this index on, and those to come.
  record FollowRequest(long fromIndex) implements MembershipMessage {}

  /// Committed entries `first` to `through`; those that are not listed are [Entry.Mark]s.
  record Entries(long first, long through, List<IndexedEntry> entries)
      implements MembershipMessage {}

  /// An entry and its place.
  record IndexedEntry(long index, Entry entry) {}

  /// The sender has followed the log to this index.
  record Followed(long index) implements MembershipMessage {}

  /// All living members have followed the log to this index.
  record Fence(long index) implements MembershipMessage {}

  /// An entry for the leader to append.
  record Propose(long proposal, Entry entry) implements MembershipMessage {}

  /// Answers [Propose].
  ///
  /// @param index of the log's end when the entry was in it, 0 when it is refused
  /// @param refusal why
  record ProposeAnswer(long proposal, long index, String refusal) implements MembershipMessage {}

  /// A member renews its lease, and says how far it has followed.
  record LeaseRenewal(long number, long followed) implements MembershipMessage {}

  /// The renewal of that number is granted.
  ///
  /// @param fence as in [Fence]
  record LeaseGranted(long number, long fence) implements MembershipMessage {}

  /// The receiver, on the host of `worker`, is to try whether its process has ended.
  record ProbeDeath(WorkerId worker) implements MembershipMessage {}

  /// There is proof that the worker's process has ended.
  record ProofOfDeath(WorkerId worker, String reason) implements MembershipMessage {}

  /// Who leads, as far as the sender knows.
  record LeaderHint(Optional<WorkerId> leader) implements MembershipMessage {}

  /// The receiver is to keep a copy of the log, and later to vote.
  ///
  /// @param voters where those who vote are reached
  record VoterCall(List<Contact> voters) implements MembershipMessage {}

  /// The sender is in the voters' channel.
  record VoterReady() implements MembershipMessage {}
}
