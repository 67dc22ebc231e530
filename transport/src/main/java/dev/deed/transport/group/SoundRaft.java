package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.jgroups.Message;
import org.jgroups.ObjectMessage;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.raft.AppendEntriesRequest;
import org.jgroups.protocols.raft.AppendEntriesResponse;
import org.jgroups.protocols.raft.AppendResult;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.protocols.raft.RaftHeader;
import org.jgroups.stack.Protocol;
import org.jgroups.util.Bits;
import org.jgroups.util.ByteArrayDataInputStream;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.Util;

/// jgroups-raft's log with what release 1.1.4 leaves out of the Raft paper, and without a storm.
final class SoundRaft extends RAFT {
  /*
   * 1. A follower acknowledges only what it has compared with the leader's log.  RAFT answers a bare
   *    commit message, and a repeated entry, with the end of its own log, which may hold entries of an
   *    older leader: they would be counted for the new one's.  Here `matched` follows what was
   *    compared in this term, and [Acks], the protocol beneath, caps the answers to it.
   * 2. A leader commits an entry of an older term only along with one of its own (Raft §5.4.2).  For
   *    that, the voter appends an empty change of voters when it is elected (ReplicatedLog).
   * 3. A voter that does not know the voters yet knows no majority (RAFT says 1), so it never starts
   *    an election; and the majority follows from the voters, also when a snapshot has brought them.
   * 4. A commit is told once to all. RAFT's option to tell it at once tells it again for every answer:
   *    with two followers, messages multiply without end. (Without it they learn it with the next entry.)
   *
   * 5. Several servers are added by one entry, their names joined.
   *
   * All methods but majority() run on RAFT's own thread.
   */
  private static final String SEPARATOR = ",";

  private long matched;
  private long term;

  SoundRaft() {
    setId(ClassConfigurator.getProtocolId(RAFT.class));
  }

  /// The name by which [RAFT#addServer] adds all of these at once.
  static String names(List<WorkerId> voters) {
    return voters.stream().map(WorkerId::toString).collect(Collectors.joining(SEPARATOR));
  }

  @Override
  protected void _addServer(String names) {
    for (String name : names.split(SEPARATOR, -1)) {
      super._addServer(name);
    }
  }

  @Override
  public int majority() {
    int voters = members().size();
    return voters == 0 ? Integer.MAX_VALUE : voters / 2 + 1;
  }

  @Override
  public void handleUpRequest(Message message, RaftHeader header) {
    if (header instanceof AppendEntriesRequest && header.currTerm() > term) {
      term = header.currTerm();
      matched = 0;
    }
    super.handleUpRequest(message, header);
  }

  @Override
  protected boolean append(long index, LogEntries entries) {
    boolean added = super.append(index, entries);
    matched = Math.max(matched, added ? lastAppended() : equalPrefix(index, entries));
    return added;
  }

  /// The last index up to which the log has the same entries, from `index`, which has been
  /// compared.
  private long equalPrefix(long index, LogEntries entries) {
    long equal = index - 1;
    for (LogEntry entry : entries) {
      LogEntry own = log_impl.get(equal + 1);
      if (own == null || own.term() != entry.term()) {
        break;
      }
      equal++;
    }
    return equal;
  }

  @Override
  protected void deleteAllLogEntriesStartingFrom(long index) {
    super.deleteAllLogEntriesStartingFrom(index);
    matched = Math.min(matched, index - 1);
  }

  @Override
  protected RAFT commitLogTo(long through, boolean respond) {
    if (!isLeader()) {
      return super.commitLogTo(through, respond);
    }
    LogEntry entry = log_impl.get(Math.min(through, lastAppended()));
    if (entry == null || entry.term() != currentTerm()) {
      return this;
    }
    long before = commitIndex();
    super.commitLogTo(through, respond);
    if (commitIndex() > before && view.size() > 1) {
      tellCommit();
    }
    return this;
  }

  private void tellCommit() {
    AppendEntriesRequest commit =
        new AppendEntriesRequest(local_addr, currentTerm(), 0, 0, currentTerm(), commitIndex());
    down_prot.down(
        new ObjectMessage(null, null)
            .putHeader(getId(), commit)
            .setFlag(Message.TransientFlag.DONT_LOOPBACK));
  }

  private long acknowledged() {
    return Math.max(matched, commitIndex());
  }

  /// Stands beneath a [SoundRaft] and caps its acknowledgements.
  static final class Acks extends Protocol {
    private final SoundRaft raft;

    Acks(SoundRaft raft) {
      this.raft = raft;
    }

    @Override
    public Object down(Message message) {
      if (message.getHeader(raft.getId()) instanceof AppendEntriesResponse response) {
        cap(message, response);
      }
      return down_prot.down(message);
    }

    private void cap(Message message, AppendEntriesResponse response) {
      AppendResult result = result(response);
      if (result.success() && result.index() > raft.acknowledged()) {
        AppendResult capped = new AppendResult(AppendResult.Result.OK, raft.acknowledged());
        capped.commitIndex(Math.min(result.commitIndex(), raft.acknowledged()));
        message.putHeader(raft.getId(), new AppendEntriesResponse(response.currTerm(), capped));
      }
    }

    /// The header shows its result only in its written form.
    private static AppendResult result(AppendEntriesResponse response) {
      ByteArrayDataOutputStream written = new ByteArrayDataOutputStream(64);
      try {
        response.writeTo(written);
        ByteArrayDataInputStream in =
            new ByteArrayDataInputStream(written.buffer(), 0, written.position());
        Bits.readLongCompressed(in);
        return Util.readStreamable(AppendResult::new, in);
      } catch (IOException | ClassNotFoundException e) {
        throw new IllegalStateException("an acknowledgement that can't be read", e);
      }
    }
  }
}
