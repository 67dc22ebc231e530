package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  record Voters(List<WorkerId> voters) implements Entry {}

  /// A worker that keeps an image of an estate.
  ///
  /// @param full whether it has the whole image and each change of it: only then may it succeed the
  ///   server, and only then does an acknowledgement wait for it
  record Heir(WorkerId worker, boolean full) {}

  /// The heirs of an estate from here on, in the order in which they succeed: a compare-and-set by
  /// its server (protocol.md §3).
  ///
  /// @param epoch at which the server serves
  /// @param seen index of the entry that last changed server or heirs, 0 when none did; if another
  ///   came meanwhile, this one changes nothing
  record Heirs(EstateId estate, long epoch, long seen, List<Heir> heirs) implements Entry {
    /// Most heirs of one estate.
    public static final int MAX = 8;

    private void writeParts(WireWriter out) {
      estate.write(out);
      out.writeLong(epoch);
      out.writeLong(seen);
      out.writeInt(heirs.size());
      for (Heir heir : heirs) {
        heir.worker.write(out);
        out.writeBoolean(heir.full);
      }
    }

    private static Heirs read(WireReader in) {
      EstateId estate = EstateId.read(in);
      long epoch = in.readLong();
      long seen = in.readLong();
      int count = in.readCount(17);
      if (count > MAX) {
        throw new MalformedException("an estate with " + count + " heirs");
      }
      List<Heir> heirs = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        heirs.add(new Heir(WorkerId.read(in), in.readBoolean()));
      }
      return new Heirs(estate, epoch, seen, List.copyOf(heirs));
    }
  }

  /// Nothing is left in an estate whose creator is dead: its server gives it up.
  record Close(EstateId estate, long epoch) implements Entry {}

  /// A driver begins a job: what its main calls and puts, in its own estate, is kept after its
  /// death. Changes nothing while there is a job of the name.
  ///
  /// @param main the task that the driver's main is
  record JobBegun(String name, WorkerId driver, TaskId main) implements Entry {
    /// Longest name of a job in characters.
    public static final int MAX_NAME = 200;
  }

  /// Another driver runs the job's main from here on: a compare-and-set, which changes nothing
  /// while the last one lives.
  record JobResumed(String name, WorkerId driver) implements Entry {}

  /// The job is over: what its main had called and put is kept for it no longer, and the name is
  /// free.
  ///
  /// @param estate the job's; another job of the name goes on
  /// @param by who says so: the job's driver, or, when that is dead, anybody
  record JobEnded(String name, EstateId estate, WorkerId by) implements Entry {}

  private static String jobName(WireReader in) {
    String name = in.readString();
    if (name.length() > JobBegun.MAX_NAME) {
      throw new MalformedException("a job's name of " + name.length() + " characters");
    }
    return name;
  }

  /// An estate of an earlier cluster is served here, after its image in a journal. All who are
  /// named are dead: its creator, and those of whom its records know. Changes nothing if the
  /// estate, or one of them as a living member, is known here, or if there is a job of the name.
  ///
  /// @param epoch beyond that of the image
  /// @param server the driver that has the journal
  /// @param job what the estate's job is called from here on; null for one that ends with its
  ///   driver
  record Refounded(
      EstateId estate, long epoch, WorkerId server, List<WorkerId> former, @Nullable Named job)
      implements Entry {
    /// A job of this name, whose main is this task and runs at the server.
    public record Named(String name, TaskId main) {}

    /// Copies the list.
    public Refounded {
      former = List.copyOf(former);
    }

    private void writeParts(WireWriter out) {
      estate.write(out);
      out.writeLong(epoch);
      server.write(out);
      WorkerId.writeAll(former, out);
      out.writeBoolean(job != null);
      if (job != null) {
        out.writeString(job.name);
        job.main.write(out);
      }
    }

    private static Refounded read(WireReader in) {
      EstateId estate = EstateId.read(in);
      long epoch = in.readLong();
      WorkerId server = WorkerId.read(in);
      List<WorkerId> former = WorkerId.readAll(in);
      Named job = in.readBoolean() ? new Named(jobName(in), TaskId.read(in)) : null;
      return new Refounded(estate, epoch, server, former, job);
    }
  }

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
      case Voters(List<WorkerId> voters) -> {
        out.writeByte(4);
        out.writeInt(voters.size());
        voters.forEach(voter -> voter.write(out));
      }
      case Heirs heirs -> {
        out.writeByte(5);
        heirs.writeParts(out);
      }
      case Close(EstateId estate, long epoch) -> {
        out.writeByte(6);
        estate.write(out);
        out.writeLong(epoch);
      }
      case JobBegun(String name, WorkerId driver, TaskId main) -> {
        out.writeByte(7);
        out.writeString(name);
        driver.write(out);
        main.write(out);
      }
      case JobResumed(String name, WorkerId driver) -> {
        out.writeByte(8);
        out.writeString(name);
        driver.write(out);
      }
      case JobEnded(String name, EstateId estate, WorkerId by) -> {
        out.writeByte(9);
        out.writeString(name);
        estate.write(out);
        by.write(out);
      }
      case Refounded refounded -> {
        out.writeByte(10);
        refounded.writeParts(out);
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
        List<WorkerId> voters = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          voters.add(WorkerId.read(in));
        }
        yield new Voters(List.copyOf(voters));
      }
      case 5 -> Heirs.read(in);
      case 6 -> new Close(EstateId.read(in), in.readLong());
      case 7 -> new JobBegun(jobName(in), WorkerId.read(in), TaskId.read(in));
      case 8 -> new JobResumed(jobName(in), WorkerId.read(in));
      case 9 -> new JobEnded(jobName(in), EstateId.read(in), WorkerId.read(in));
      case 10 -> Refounded.read(in);
      default -> throw new MalformedException("an entry of kind " + kind);
    };
  }
}
