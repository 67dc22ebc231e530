package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.transport.value.ClassVersion;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// What a process that knows the cluster's secret may ask a worker, member or not. Each question
/// has a connection of its own (see [Inquiry]).
sealed interface Question {
  /// Bytes of a SHA-256.
  int DIGEST_BYTES = 32;

  /// Who belongs to the cluster, as the asked worker follows it.
  record Membership() implements Question {}

  /// What is in the asked worker's tables.
  record Memory() implements Question {}

  /// Which parts the code of a job has: of its driver, or of a worker that executes its tasks.
  ///
  /// @param job the driver that has begun it
  /// @param known jars that the asker has itself
  /// @param classes those that the version has which is wanted; none for the newest
  record CodeParts(WorkerId job, List<KnownJar> known, List<ClassVersion> classes)
      implements Question {
    public CodeParts {
      known = List.copyOf(known);
      classes = List.copyOf(classes);
    }
  }

  /// The bytes of one of them.
  record CodePart(Digest digest) implements Question {}

  /// Which jobs have begun and not ended.
  record Jobs() implements Question {}

  /// A job whose driver is dead is to end. Answered when it has.
  record DropJob(String name) implements Question {}

  /// A jar by what tells equal files apart without reading them.
  ///
  /// @param modifiedMs last modification, in milliseconds since 1970
  record KnownJar(String name, long size, long modifiedMs) {}

  /// A SHA-256, in hexadecimal digits.
  record Digest(String hex) {
    static Digest of(byte[] bytes) {
      return new Digest(HexFormat.of().formatHex(bytes));
    }

    void write(WireWriter out) {
      out.writeRaw(HexFormat.of().parseHex(hex), 0, DIGEST_BYTES);
    }

    static Digest read(WireReader in) {
      byte[] bytes = new byte[DIGEST_BYTES];
      for (int i = 0; i < DIGEST_BYTES; i++) {
        bytes[i] = (byte) in.readByte();
      }
      return of(bytes);
    }
  }

  /// Writes the kind and its parts.
  default void write(WireWriter out) {
    switch (this) {
      case Membership _ -> out.writeByte(0);
      case Memory _ -> out.writeByte(1);
      case CodeParts(WorkerId job, List<KnownJar> known, List<ClassVersion> classes) -> {
        out.writeByte(2);
        job.write(out);
        out.writeInt(known.size());
        for (KnownJar jar : known) {
          out.writeString(jar.name());
          out.writeLong(jar.size());
          out.writeFixedLong(jar.modifiedMs());
        }
        out.writeInt(classes.size());
        for (ClassVersion each : classes) {
          out.writeString(each.name());
          out.writeFixedLong(each.hash());
        }
      }
      case CodePart(Digest digest) -> {
        out.writeByte(3);
        digest.write(out);
      }
      case Jobs _ -> out.writeByte(4);
      case DropJob(String name) -> {
        out.writeByte(5);
        out.writeString(name);
      }
    }
  }

  /// Reads what [#write] wrote.
  static Question read(WireReader in) {
    int kind = in.readByte();
    Question question =
        switch (kind) {
          case 0 -> new Membership();
          case 1 -> new Memory();
          case 2 -> {
            WorkerId job = WorkerId.read(in);
            int count = in.readCount(10);
            List<KnownJar> known = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
              known.add(new KnownJar(in.readString(), in.readLong(), in.readFixedLong()));
            }
            int named = in.readCount(9);
            List<ClassVersion> classes = new ArrayList<>(named);
            for (int i = 0; i < named; i++) {
              classes.add(new ClassVersion(in.readString(), in.readFixedLong()));
            }
            yield new CodeParts(job, known, classes);
          }
          case 3 -> new CodePart(Digest.read(in));
          case 4 -> new Jobs();
          case 5 -> new DropJob(in.readString());
          default -> throw new MalformedException("a question of kind " + kind);
        };
    in.expectEnd();
    return question;
  }
}
