package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import java.io.DataInput;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jgroups.Address;
import org.jgroups.JChannel;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCP;
import org.jgroups.stack.AddressGenerator;

/// JGroups's TCP as the heirs' channel uses it: alone, without a group above it. What does not come
/// whole from a worker of the cluster ends the connection before JGroups reads it.
final class HeirTransport extends TCP {
  /// What JGroups writes around a piece of a message: addresses, the name of the cluster.
  private static final int MAX_OVERHEAD_BYTES = 1_024;

  private static final int MAX_FRAME_BYTES = HeirFrame.MAX_BYTES + MAX_OVERHEAD_BYTES;

  /// Longer reads go past the buffer.
  private static final int READ_BYTES = 8 << 10;

  /// A batch of the record log, with what stands around it, goes out in one write.
  private static final int WRITE_BYTES = 72 << 10;

  /// Kept, since the JDK forgets the level of a logger that nobody refers to. What it would tell is
  /// counted: connections that end, workers that can't be reached.
  private static final Logger LOG = Logger.getLogger(HeirTransport.class.getName());

  static {
    if (LOG.getLevel() == null) {
      LOG.setLevel(Level.OFF);
    }
  }

  private final LongAdder malformed;

  private HeirTransport(LongAdder malformed) {
    this.malformed = malformed;
    setId(ClassConfigurator.getProtocolId(TCP.class));
  }

  /// A channel of its own for `self`, that is not connected yet.
  static JChannel channel(
      WorkerId self,
      HeirSockets sockets,
      GroupServerSocket server,
      GroupThreads threads,
      LongAdder malformed)
      throws Exception {
    HeirTransport tcp = new HeirTransport(malformed);
    // Nothing is bound: the port is the worker's.
    tcp.setBindAddress(InetAddress.getLoopbackAddress());
    tcp.setBindPort(sockets.address().getPort());
    tcp.setPortRange(0);
    tcp.setExternalAddr(sockets.address().getAddress());
    tcp.setExternalPort(sockets.address().getPort());
    tcp.setMaxLength(MAX_FRAME_BYTES);
    tcp.tcpNodelay(true);
    tcp.useVirtualThreads(false);
    tcp.setThreadFactory(threads);
    tcp.setSocketFactory(new GroupSocketFactory(sockets, server));
    tcp.setBundler(new HeirBundler());
    tcp.setBufferedInputStreamSize(READ_BYTES);
    tcp.setBufferedOutputStreamSize(WRITE_BYTES);
    // Nobody asks JGroups what time it is, or to look addresses up.
    tcp.setTimeServiceInterval(0);
    tcp.setLogicalAddrCacheReaperInterval(0);
    JChannel channel = new JChannel(List.of(tcp));
    tcp.getDiagnosticsHandler().setEnabled(false);
    channel.setName(self.brief());
    channel.addAddressGenerator(new Named(HeirAddress.of(self)));
    return channel;
  }

  /// Gives the channel its address.
  private record Named(Address address) implements AddressGenerator {
    // Deprecated, and the only one without a body.
    @Override
    @SuppressWarnings("deprecation")
    public Address generateAddress() {
      return address;
    }
  }

  /// Ends the connections to all others.
  void keepOnly(Collection<WorkerId> workers) {
    retainAll(workers.stream().map(HeirAddress::of).toList());
  }

  @Override
  public void receive(Address sender, DataInput in, int length) throws Exception {
    if (length <= Integer.BYTES || length > MAX_FRAME_BYTES) {
      throw refused("a frame of " + length + " bytes");
    }
    byte[] frame = new byte[length];
    in.readFully(frame);
    int end = length - Integer.BYTES;
    if (HeirBundler.checksum(frame, end) != ByteBuffer.wrap(frame).getInt(end)) {
      throw refused("a frame with a wrong checksum");
    }
    receive(sender, frame, 0, end);
  }

  @Override
  protected void handleSingleMessage(DataInput in, boolean multicast) {
    try {
      short type = in.readShort();
      if (type != HeirFrame.TYPE || multicast) {
        throw refused("a message of kind " + type);
      }
      HeirFrame frame = new HeirFrame();
      frame.readFrom(in);
      if (!unicastDestMismatch(frame.getDest())) {
        passMessageUp(frame, true, false, true);
      }
    } catch (IOException | ClassNotFoundException | RuntimeException e) {
      malformed.increment();
    }
  }

  @Override
  protected void handleMessageBatch(DataInput in, boolean multicast) {
    malformed.increment();
  }

  private IOException refused(String what) {
    malformed.increment();
    return new IOException(what);
  }
}
