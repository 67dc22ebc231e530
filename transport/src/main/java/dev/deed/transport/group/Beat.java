package dev.deed.transport.group;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Supplier;
import org.jgroups.Global;
import org.jgroups.Header;

/// What a voter tells the others all the time: its term, and how it stands to the leader. Public
/// for JGroups, which makes one to read into.
public final class Beat extends Header {
  static final short MAGIC = 3_900;

  /// How a voter stands to the leader.
  enum Standing {
    /// It leads in the term of the beat.
    LEADS(1),
    /// It has heard a leader of its term not long ago.
    FOLLOWS(2),
    /// It has heard none for [LeaderWatch#PATIENCE_MS].
    LACKS(3);

    private final int code;

    Standing(int code) {
      this.code = code;
    }

    private static Standing of(int code) throws IOException {
      for (Standing one : values()) {
        if (one.code == code) {
          return one;
        }
      }
      throw new IOException("a voter's beat of kind " + code + ", which there is not");
    }
  }

  private long term;
  private Standing standing = Standing.FOLLOWS;

  /// To be read into.
  public Beat() {}

  Beat(long term, Standing standing) {
    this.term = term;
    this.standing = standing;
  }

  long term() {
    return term;
  }

  Standing standing() {
    return standing;
  }

  @Override
  public short getMagicId() {
    return MAGIC;
  }

  @Override
  public Supplier<? extends Header> create() {
    return Beat::new;
  }

  @Override
  public int serializedSize() {
    return Global.LONG_SIZE + Global.BYTE_SIZE;
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    out.writeLong(term);
    out.writeByte(standing.code);
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    term = in.readLong();
    standing = Standing.of(in.readUnsignedByte());
  }

  @Override
  public String toString() {
    return standing + " in term " + term;
  }
}
