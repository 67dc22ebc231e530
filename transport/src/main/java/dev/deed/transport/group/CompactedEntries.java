package dev.deed.transport.group;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ObjLongConsumer;
import org.jgroups.raft.StateMachine;

/// The state machine under jgroups-raft: what it has been told, to tell it again to a new voter.
/// Entries that equal the neutral one are only counted; so memory grows with what happened, not
/// with time.
///
/// Called by the thread of jgroups-raft alone.
final class CompactedEntries implements StateMachine {
  /*
   * State: `kept` and `applied` are what the committed prefix of jgroups-raft's log adds up to; a
   * snapshot replaces both. A repeated snapshot may set them back, after which the same entries come
   * again: `told` says what the listener has heard, and never goes back.
   */
  private record Kept(long index, byte[] entry) {}

  private static final int MAX_ENTRY = 16 << 20;

  private final byte[] neutral;
  private final ObjLongConsumer<byte[]> listener;
  private List<Kept> kept = new ArrayList<>();
  private long applied;
  private long told;

  CompactedEntries(byte[] neutral, ObjLongConsumer<byte[]> listener) {
    this.neutral = neutral;
    this.listener = listener;
  }

  @Override
  public byte[] apply(byte[] data, int offset, int length, boolean respond) {
    byte[] entry = Arrays.copyOfRange(data, offset, offset + length);
    applied++;
    if (!Arrays.equals(entry, neutral)) {
      kept.add(new Kept(applied, entry));
    }
    tell(applied, entry);
    return indexBytes(applied);
  }

  private void tell(long index, byte[] entry) {
    if (index > told) {
      told = index;
      listener.accept(entry, index);
    }
  }

  @Override
  public void writeContentTo(DataOutput out) throws IOException {
    out.writeLong(applied);
    out.writeInt(kept.size());
    for (Kept one : kept) {
      out.writeLong(one.index);
      out.writeInt(one.entry.length);
      out.write(one.entry);
    }
  }

  @Override
  public void readContentFrom(DataInput in) throws IOException {
    long last = in.readLong();
    int count = in.readInt();
    List<Kept> read = new ArrayList<>();
    long index = 0;
    for (int i = 0; i < count; i++) {
      long next = in.readLong();
      int length = in.readInt();
      if (next <= index || next > last || length < 0 || length > MAX_ENTRY) {
        throw new IOException(
            "a snapshot with entry " + next + " of " + length + " bytes after " + index);
      }
      byte[] entry = new byte[length];
      in.readFully(entry);
      read.add(new Kept(next, entry));
      index = next;
    }
    kept = read;
    applied = last;
    retell();
  }

  private void retell() {
    long next = told + 1;
    for (Kept one : kept) {
      if (one.index < next) {
        continue;
      }
      for (; next < one.index; next++) {
        tell(next, neutral);
      }
      tell(one.index, one.entry);
      next = one.index + 1;
    }
    for (; next <= applied; next++) {
      tell(next, neutral);
    }
  }

  /// An index as eight bytes, big-endian.
  static byte[] indexBytes(long index) {
    byte[] bytes = new byte[8];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (index >>> (56 - 8 * i));
    }
    return bytes;
  }

  /// Reads what [#indexBytes] wrote.
  static long index(byte[] bytes) {
    long index = 0;
    for (byte b : bytes) {
      index = index << 8 | (b & 0xff);
    }
    return index;
  }
}
