package dev.deed.ownership.membership;

import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import java.util.List;

/// What a [MembershipService] does to the world. Each call is an order that never blocks and never
/// calls back into the service.
public interface MembershipEffects {

  /// Sends a message on the link to `to`; it may be lost.
  void send(WorkerId to, MembershipMessage message);

  /// Where a worker can be reached.
  void learn(Contact contact);

  /// Appends to the replicated log, of which this process is the leader. What is committed of these
  /// calls is committed in their order (leases rest on it). Ended by [MembershipService#appended].
  void append(long ticket, Entry entry);

  /// The next entry of the log, for the core; from index 1 on, without gaps.
  void follow(long index, Entry entry);

  /// All living members have followed the log to this index.
  void fence(long index);

  /// This process is a member: its Join has been followed. Output may start with [#leaseHeld].
  void joined();

  /// This process can't become a member.
  void refused(String reason);

  /// Whether this worker may act; told when it changes. The check before each output is
  /// [MembershipService#holdsLease].
  void leaseHeld(boolean held);

  /// The log says that this worker is dead: it must end. Nothing else follows but [#stopVoter].
  void declaredDead(String reason);

  /// What [MembershipService#leave] has begun is done: the log says that this worker is dead, or
  /// can't be brought to say so. Told once; after the first nothing else follows but [#stopVoter].
  void left();

  /// The lease has been lost for its own length, or can never come back.
  ///
  /// @param forEver whether the voters are gone, so that the cluster has ended
  void unavailable(String reason, boolean forEver);

  /// An entry proposed here will not be appended.
  void proposalRefused(Entry entry, String reason);

  /// Gives these workers a vote, or takes it from them, in one entry of the replicated log, as its
  /// leader. Ended by [MembershipService#votersChanged].
  void changeVoters(List<WorkerId> changed, boolean add);

  /// There is proof that a voter's process has ended: an election need not wait for its silence.
  void suspectVoter(WorkerId voter);

  /// Joins the voters' channel, where these are. Ended by [MembershipService#voterStarted].
  void startVoter(List<Contact> voters);

  /// Leaves the voters' channel.
  void stopVoter();

  /// Tries whether the process of a worker of this host has ended; if so,
  /// [MembershipService#proofOfDeath] is called.
  void probe(WorkerId worker);
}
