package dev.deed.ownership.heirs;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.heirs.HeirMessage.Declined;
import dev.deed.ownership.heirs.HeirMessage.Part;
import dev.deed.ownership.heirs.HeirMessage.Received;

/// The binary form of [HeirMessage]. Reading throws [MalformedException] for what no [#write]
/// wrote. The records in a part are looked at by [EstateImage] only.
public final class HeirCodec {
  private HeirCodec() {}

  /// The message as bytes.
  public static byte[] write(HeirMessage message) {
    WireWriter out = new WireWriter(message instanceof Part part ? part.records().length + 80 : 80);
    write(message, out);
    return out.toBytes();
  }

  /// Appends the kind and the parts.
  public static void write(HeirMessage message, WireWriter out) {
    switch (message) {
      case Part part -> {
        writeHead(0, part, part.feed(), out);
        out.writeLong(part.sequence());
        out.writeLong(part.batch());
        out.writeLong(part.stable());
        out.writeBoolean(part.complete());
        out.writeBytes(part.records());
      }
      case Received received -> {
        writeHead(1, received, received.feed(), out);
        out.writeLong(received.through());
        out.writeBoolean(received.gap());
      }
      case Declined declined -> writeHead(2, declined, declined.feed(), out);
    }
  }

  /// Reads a message that takes all of `bytes`.
  public static HeirMessage read(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    HeirMessage message = read(in);
    in.expectEnd();
    return message;
  }

  /// Reads what [#write] wrote.
  public static HeirMessage read(WireReader in) {
    int kind = in.readByte();
    EstateId estate = EstateId.read(in);
    long epoch = positive("epoch", in.readLong());
    long feed = positive("feed", in.readLong());
    return switch (kind) {
      case 0 -> readPart(estate, epoch, feed, in);
      case 1 -> new Received(estate, epoch, feed, in.readLong(), in.readBoolean());
      case 2 -> new Declined(estate, epoch, feed);
      default -> throw new MalformedException("a message to or from an heir of kind " + kind);
    };
  }

  private static Part readPart(EstateId estate, long epoch, long feed, WireReader in) {
    long sequence = positive("part", in.readLong());
    long batch = positive("batch", in.readLong());
    long stable = in.readLong();
    if (stable > batch) {
      throw new MalformedException("a part of batch " + batch + " with stable " + stable);
    }
    return new Part(estate, epoch, feed, sequence, batch, stable, in.readBoolean(), in.readBytes());
  }

  private static void writeHead(int kind, HeirMessage message, long feed, WireWriter out) {
    out.writeByte(kind);
    message.estate().write(out);
    out.writeLong(message.epoch());
    out.writeLong(feed);
  }

  private static long positive(String what, long number) {
    if (number == 0) {
      throw new MalformedException(what + " 0: they count from 1");
    }
    return number;
  }
}
