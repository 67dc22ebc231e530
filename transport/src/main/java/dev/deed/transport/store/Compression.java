package dev.deed.transport.store;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.util.Native;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Decides for one value on one connection whether its blocks are worth compressing. One thread.
///
/// Compressing a byte and sending what is left of it must take less time than sending it: `1/zstd +
/// ratio/link < 1/link`, so `link < zstd · (1 − ratio)`. A link faster than zstd (loopback) is
/// never worth a sample; on a slower one the first block is the sample, and the comparison is made
/// anew for each block as the speeds are measured.
final class Compression {
  /// zstd's level: the fastest of the usual ones.
  static final int LEVEL = 1;

  /// A block that keeps more than this of its length is sent plain.
  static final double WORTHWHILE = 0.7;

  /// Of those blocks that would be worth it if zstd were as fast as assumed, each so many-th is
  /// compressed to see whether it is: what was measured while this thread did not run must not
  /// decide for ever.
  static final int SAMPLE_AGAIN = 8;

  /// What zstd makes on one processor until it is measured.
  static final double ASSUMED_BYTES_PER_NS = 0.5;

  private final LinkSpeed link;
  private final LinkSpeed zstd;
  private final BlockBuffers buffers;
  private double ratio = Double.NaN;
  private int unworthy;

  /// @param link speed of the connection to this peer
  /// @param zstd speed of compression in this process
  Compression(LinkSpeed link, LinkSpeed zstd, BlockBuffers buffers) {
    this.link = link;
    this.zstd = zstd;
    this.buffers = buffers;
  }

  /// Whether the next block should be given to [#compress].
  boolean pays() {
    return pays(zstd.bytesPerNs())
        || (pays(ASSUMED_BYTES_PER_NS) && ++unworthy % SAMPLE_AGAIN == 0);
  }

  private boolean pays(double zstdBytesPerNs) {
    double expected = Double.isNaN(ratio) ? 0 : ratio;
    return expected < WORTHWHILE && link.bytesPerNs() < zstdBytesPerNs * (1 - expected);
  }

  /// Compresses the block in `plain` (position 0 to limit).
  ///
  /// @return the compressed bytes, or null if they are not worth it
  @Nullable ByteBuffer compress(ByteBuffer plain) {
    ByteBuffer packed = buffers.packed();
    int length = plain.limit();
    Native.load(); // which the first block's time must not contain
    long start = System.nanoTime();
    long size =
        Zstd.compressDirectByteBuffer(packed, 0, packed.capacity(), plain, 0, length, LEVEL);
    zstd.measured(length, System.nanoTime() - start);
    ratio = (double) size / length;
    return pays(zstd.bytesPerNs()) ? packed.limit((int) size).position(0) : null;
  }

  /// Two direct buffers for a block, plain and compressed, made when they are first needed.
  static final class BlockBuffers {
    private @Nullable ByteBuffer plain;
    private @Nullable ByteBuffer packed;

    /// Empty, of a block's length.
    ByteBuffer plain() {
      ByteBuffer buffer = plain;
      if (buffer == null) {
        buffer = ByteBuffer.allocateDirect(BlockHash.BLOCK_BYTES);
        plain = buffer;
      }
      return buffer.clear();
    }

    /// Empty, with room for whatever zstd makes of a block.
    ByteBuffer packed() {
      ByteBuffer buffer = packed;
      if (buffer == null) {
        buffer = ByteBuffer.allocateDirect((int) Zstd.compressBound(BlockHash.BLOCK_BYTES));
        packed = buffer;
      }
      return buffer.clear();
    }
  }
}
