package dev.deed.transport.group;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Supplier;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.MessageFactory;
import org.jgroups.util.ByteArrayDataInputStream;

/// What JGroups carries from one worker to another: a message in its form for the way ([Packing]),
/// or a piece of a longer one.
final class HeirFrame extends BytesMessage {
  /// Most bytes of a message in one frame.
  static final int MAX_BYTES = 1 << 20;

  /// What frames are called in JGroups's table of kinds of messages.
  static final short TYPE = 1_900;

  static {
    MessageFactory.register(TYPE, HeirFrame::new);
  }

  private static final int HEAD_BYTES = Long.BYTES + 4 * Integer.BYTES;

  private long number;
  private int unpacked;
  private int total;
  private int start;
  private boolean sent;

  /// To be read into.
  HeirFrame() {}

  /// The piece of a message from `start` on, as long as a frame may be. The bytes must not be
  /// changed any more.
  ///
  /// @param number of the message among all to this receiver, from 1
  /// @param packed the message as it goes
  /// @param unpacked length of the message itself
  HeirFrame(Address to, long number, byte[] packed, int unpacked, int start) {
    super(to, packed, start, Math.min(MAX_BYTES, packed.length - start));
    this.number = number;
    this.unpacked = unpacked;
    this.total = packed.length;
    this.start = start;
  }

  /// Of the message among all to its receiver.
  long number() {
    return number;
  }

  /// Length of the message itself.
  int unpacked() {
    return unpacked;
  }

  /// Length of the message as it goes.
  int total() {
    return total;
  }

  /// Where in that the piece begins.
  int start() {
    return start;
  }

  /// The socket has taken it. Whether it arrives is another matter.
  void setSent() {
    sent = true;
  }

  boolean sent() {
    return sent;
  }

  @Override
  public short getType() {
    return TYPE;
  }

  @Override
  public Supplier<Message> create() {
    return HeirFrame::new;
  }

  @Override
  protected int payloadSize() {
    return HEAD_BYTES + length;
  }

  @Override
  public void writePayload(DataOutput out) throws IOException {
    out.writeLong(number);
    out.writeInt(unpacked);
    out.writeInt(total);
    out.writeInt(start);
    out.writeInt(length);
    out.write(array, offset, length);
  }

  /// Takes the piece where it lies: the array of `in` belongs to the frame from here on.
  @Override
  public void readPayload(DataInput in) throws IOException {
    number = in.readLong();
    unpacked = in.readInt();
    total = in.readInt();
    start = in.readInt();
    int count = in.readInt();
    ByteArrayDataInputStream rest = (ByteArrayDataInputStream) in;
    boolean possible =
        number > 0
            && count > 0
            && count <= Math.min(MAX_BYTES, rest.limit() - rest.position())
            && start >= 0
            && start <= total - count
            && total <= unpacked;
    if (!possible) {
      throw new IOException(
          "a frame of message %d with %d bytes from %d on, of %d"
              .formatted(number, count, start, total));
    }
    setArray(rest.buffer(), rest.position(), count);
    rest.advance(count);
  }
}
