package dev.deed.ownership;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;

/// One entry of the membership log (protocol.md §4). All workers apply the same entries in the same
/// order; an entry that makes no sense any more when its turn comes changes nothing.
public sealed interface Entry {

  /// A worker is a member from here on.
  record Join(Member member) implements Entry {}

  /// A worker is no member from here on, whatever it still does.
  ///
  /// @param proof whether its end is certain (reaped, its lock gone, left by itself); else its
  ///   lease has run out
  /// @param reason for people; what is longer than [#MAX_REASON] is cut off when it is written
  record Death(WorkerId worker, boolean proof, String reason) implements Entry {
    /// Longest reason in characters: it is kept as long as the log is.
    public static final int MAX_REASON = 1_000;

    private static Death read(WireReader in) {
      Death death = new Death(WorkerId.read(in), in.readBoolean(), in.readString());
      if (death.reason.length() > MAX_REASON) {
        throw new MalformedException("a reason of " + death.reason.length() + " characters");
      }
      return death;
    }
  }

  /// `worker` has done all that it owes for the deaths up to and including entry `through`
  /// (protocol.md §6.3).
  record Answer(WorkerId worker, long through) implements Entry {}

  /// Nothing: a proof that the leader still leads, for the leases that wait for it.
  record Mark() implements Entry {}

  /// The voters of the log from here on, for those who follow without a vote.
  record Voters(java.util.List<WorkerId> voters) implements Entry {}

  /// Writes the kind and its parts.
  default void write(WireWriter out) {
    switch (this) {
      case Join(Member member) -> {
        out.writeByte(0);
        member.write(out);
      }
      case Death(WorkerId worker, boolean proof, String reason) -> {
        out.writeByte(1);
        worker.write(out);
        out.writeBoolean(proof);
        out.writeString(
            reason.length() > Death.MAX_REASON ? reason.substring(0, Death.MAX_REASON) : reason);
      }
      case Answer(WorkerId worker, long through) -> {
        out.writeByte(2);
        worker.write(out);
        out.writeLong(through);
      }
      case Mark _ -> out.writeByte(3);
      case Voters(java.util.List<WorkerId> voters) -> {
        out.writeByte(4);
        out.writeInt(voters.size());
        voters.forEach(voter -> voter.write(out));
      }
    }
  }

  /// Reads what [#write] wrote.
  static Entry read(WireReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case 0 -> new Join(Member.read(in));
      case 1 -> Death.read(in);
      case 2 -> new Answer(WorkerId.read(in), in.readLong());
      case 3 -> new Mark();
      case 4 -> {
        int count = in.readCount(16);
        java.util.List<WorkerId> voters = new java.util.ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          voters.add(WorkerId.read(in));
        }
        yield new Voters(java.util.List.copyOf(voters));
      }
      default -> throw new MalformedException("an entry of kind " + kind);
    };
  }
}
