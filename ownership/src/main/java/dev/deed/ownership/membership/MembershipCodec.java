package dev.deed.ownership.membership;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import dev.deed.ownership.membership.MembershipMessage.Entries;
import dev.deed.ownership.membership.MembershipMessage.Fence;
import dev.deed.ownership.membership.MembershipMessage.FollowRequest;
import dev.deed.ownership.membership.MembershipMessage.Followed;
import dev.deed.ownership.membership.MembershipMessage.IndexedEntry;
import dev.deed.ownership.membership.MembershipMessage.JoinAnswer;
import dev.deed.ownership.membership.MembershipMessage.JoinRequest;
import dev.deed.ownership.membership.MembershipMessage.LeaderHint;
import dev.deed.ownership.membership.MembershipMessage.LeaseGranted;
import dev.deed.ownership.membership.MembershipMessage.LeaseRenewal;
import dev.deed.ownership.membership.MembershipMessage.ProbeDeath;
import dev.deed.ownership.membership.MembershipMessage.ProofOfDeath;
import dev.deed.ownership.membership.MembershipMessage.Propose;
import dev.deed.ownership.membership.MembershipMessage.ProposeAnswer;
import dev.deed.ownership.membership.MembershipMessage.VoterCall;
import dev.deed.ownership.membership.MembershipMessage.VoterReady;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The binary form of [MembershipMessage]. Reading trusts nothing: every method that reads throws
/// [MalformedException] for bytes that no [#write] wrote.
public final class MembershipCodec {
  /// Most voters, or peers, in one message.
  public static final int MAX_CONTACTS = 64;

  /// Longest text in characters.
  public static final int MAX_TEXT = 1_000;

  /// Most marks that one [Entries] may stand for.
  public static final long MAX_RUN = 1L << 20;

  private MembershipCodec() {}

  /// Writes the kind and the parts.
  public static void write(MembershipMessage message, WireWriter out) {
    switch (message) {
      case JoinRequest(Member member) -> {
        out.writeByte(0);
        member.write(out);
      }
      case JoinAnswer(boolean accepted, String refusal, Optional<WorkerId> leader, var voters) -> {
        out.writeByte(1);
        out.writeBoolean(accepted);
        out.writeString(cut(refusal));
        writeOptional(leader, out);
        writeContacts(voters, out);
      }
      case FollowRequest(long from) -> writeLong(2, from, out);
      case Entries entries -> writeEntries(entries, out);
      case Followed(long index) -> writeLong(4, index, out);
      case Fence(long index) -> writeLong(5, index, out);
      case Propose(long proposal, Entry entry) -> {
        writeLong(6, proposal, out);
        entry.write(out);
      }
      case ProposeAnswer(long proposal, long index, String refusal) -> {
        writeLong(7, proposal, out);
        out.writeLong(index);
        out.writeString(cut(refusal));
      }
      case LeaseRenewal(long number, long followed) -> {
        writeLong(8, number, out);
        out.writeLong(followed);
      }
      case LeaseGranted(long number, long fence) -> {
        writeLong(9, number, out);
        out.writeLong(fence);
      }
      case ProbeDeath(WorkerId worker) -> {
        out.writeByte(10);
        worker.write(out);
      }
      case ProofOfDeath(WorkerId worker, String reason) -> {
        out.writeByte(11);
        worker.write(out);
        out.writeString(cut(reason));
      }
      case LeaderHint(Optional<WorkerId> leader) -> {
        out.writeByte(12);
        writeOptional(leader, out);
      }
      case VoterCall(List<Contact> peers) -> {
        out.writeByte(13);
        writeContacts(peers, out);
      }
      case VoterReady() -> out.writeByte(14);
    }
  }

  /// Reads what [#write] wrote.
  public static MembershipMessage read(WireReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case 0 -> new JoinRequest(Member.read(in));
      case 1 -> new JoinAnswer(in.readBoolean(), text(in), readOptional(in), readContacts(in));
      case 2 -> new FollowRequest(in.readLong());
      case 3 -> readEntries(in);
      case 4 -> new Followed(in.readLong());
      case 5 -> new Fence(in.readLong());
      case 6 -> new Propose(in.readLong(), Entry.read(in));
      case 7 -> new ProposeAnswer(in.readLong(), in.readLong(), text(in));
      case 8 -> new LeaseRenewal(in.readLong(), in.readLong());
      case 9 -> new LeaseGranted(in.readLong(), in.readLong());
      case 10 -> new ProbeDeath(WorkerId.read(in));
      case 11 -> new ProofOfDeath(WorkerId.read(in), text(in));
      case 12 -> new LeaderHint(readOptional(in));
      case 13 -> new VoterCall(readContacts(in));
      case 14 -> new VoterReady();
      default -> throw new MalformedException("a membership message of kind " + kind);
    };
  }

  private static void writeLong(int kind, long value, WireWriter out) {
    out.writeByte(kind);
    out.writeLong(value);
  }

  private static void writeEntries(Entries message, WireWriter out) {
    writeLong(3, message.first(), out);
    out.writeLong(message.through());
    out.writeInt(message.entries().size());
    long last = message.first() - 1;
    for (IndexedEntry one : message.entries()) {
      out.writeLong(one.index() - last);
      one.entry().write(out);
      last = one.index();
    }
  }

  private static Entries readEntries(WireReader in) {
    long first = in.readLong();
    long through = in.readLong();
    if (first < 1 || through < first || through - first >= MAX_RUN) {
      throw new MalformedException("entries " + first + " to " + through);
    }
    int count = in.readCount(2);
    List<IndexedEntry> entries = new ArrayList<>(count);
    long last = first - 1;
    for (int i = 0; i < count; i++) {
      long step = in.readLong();
      if (step < 1 || step > through - last) {
        throw new MalformedException(
            "entry " + last + " + " + step + " of " + first + " to " + through);
      }
      last += step;
      entries.add(new IndexedEntry(last, Entry.read(in)));
    }
    return new Entries(first, through, List.copyOf(entries));
  }

  private static void writeOptional(Optional<WorkerId> worker, WireWriter out) {
    out.writeBoolean(worker.isPresent());
    worker.ifPresent(id -> id.write(out));
  }

  private static Optional<WorkerId> readOptional(WireReader in) {
    return in.readBoolean() ? Optional.of(WorkerId.read(in)) : Optional.empty();
  }

  private static void writeContacts(List<Contact> contacts, WireWriter out) {
    int count = Math.min(contacts.size(), MAX_CONTACTS);
    out.writeInt(count);
    contacts.subList(0, count).forEach(contact -> contact.write(out));
  }

  private static List<Contact> readContacts(WireReader in) {
    int count = in.readCount(18);
    if (count > MAX_CONTACTS) {
      throw new MalformedException(count + " contacts");
    }
    List<Contact> contacts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      contacts.add(Contact.read(in));
    }
    return List.copyOf(contacts);
  }

  private static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
  }

  private static String text(WireReader in) {
    String text = in.readString();
    if (text.length() > MAX_TEXT) {
      throw new MalformedException("a text of " + text.length() + " characters");
    }
    return text;
  }
}
