package dev.deed.transport.group;

import org.jgroups.Message;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.raft.ELECTION;
import org.jgroups.protocols.raft.RaftHeader;
import org.jgroups.protocols.raft.election.VoteResponse;

/// jgroups-raft's election, which counts only votes for the term of the round that is under way. A
/// late vote for an earlier term would be one for a term in which its giver has voted for another.
final class VoterElection extends ELECTION {
  VoterElection() {
    setId(ClassConfigurator.getProtocolId(ELECTION.class));
  }

  @Override
  protected void handleMessage(Message message, RaftHeader header) {
    if (header instanceof VoteResponse && header.currTerm() != raft.currentTerm()) {
      return;
    }
    super.handleMessage(message, header);
  }
}
