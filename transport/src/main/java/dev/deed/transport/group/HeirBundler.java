package dev.deed.transport.group;

import java.util.zip.CRC32C;
import org.jgroups.Message;
import org.jgroups.protocols.BaseBundler;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.Util;

/// Writes each frame at once, on the thread that sends it, with a checksum behind it. JGroups's own
/// bundlers gather what many threads send; here each heir has one thread, and the record log
/// gathers.
final class HeirBundler extends BaseBundler {
  /// What stands in front of a message in JGroups's form, and the checksum.
  static final int OVERHEAD_BYTES = 64;

  @Override
  public void send(Message message) throws Exception {
    if (!(message instanceof HeirFrame frame)) {
      throw new IllegalArgumentException("only frames are sent here, not " + message);
    }
    ByteArrayDataOutputStream out = new ByteArrayDataOutputStream(frame.size() + OVERHEAD_BYTES);
    Util.writeMessage(frame, out, false);
    out.writeInt(checksum(out.buffer(), out.position()));
    transport.doSend(out.buffer(), 0, out.position(), frame.getDest());
    frame.setSent();
  }

  static int checksum(byte[] bytes, int count) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, count);
    return (int) sum.getValue();
  }

  @Override
  public int size() {
    return 0;
  }
}
