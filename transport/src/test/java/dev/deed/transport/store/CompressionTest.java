package dev.deed.transport.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// When a block is compressed.
final class CompressionTest {
  private static final int MIB = 1 << 20;
  private static final long MILLISECOND = 1_000_000;

  private final LinkSpeed link = new LinkSpeed(0);
  private final LinkSpeed zstd = new LinkSpeed(Compression.ASSUMED_BYTES_PER_NS);
  private final Compression.BlockBuffers buffers = new Compression.BlockBuffers();
  private final Compression compression = new Compression(link, zstd, buffers);

  private long samplesOf(int blocks) {
    return IntStream.range(0, blocks).filter(_ -> compression.pays()).count();
  }

  private boolean compresses(byte[] block) {
    return compression.compress(buffers.plain().put(block).flip()) != null;
  }

  @Test
  void aLinkThatIsFasterThanZstdIsNotWorthASample() {
    assertThat(samplesOf(1_000)).isZero();
    link.measured(MIB, MILLISECOND);
    assertThat(samplesOf(1_000)).isZero();
  }

  @Test
  void aSlowLinkIsWorthItUntilABlockDoesNotShrink() {
    link.measured(MIB, 1_000 * MILLISECOND);
    assertThat(samplesOf(1)).isEqualTo(1);
    assertThat(compresses(Samples.text(MIB))).isTrue();
    assertThat(samplesOf(10)).isEqualTo(10);
    assertThat(compresses(Samples.bytes(1, MIB))).isFalse();
    assertThat(samplesOf(1_000)).isZero();
  }

  @Test
  void oneSampleThatTookLongDoesNotDecideForEver() {
    link.measured(MIB, 100 * MILLISECOND);
    zstd.measured(MIB, 1_000 * MILLISECOND);
    assertThat(samplesOf(Compression.SAMPLE_AGAIN - 1)).isZero();
    int blocks = 0;
    boolean worth = false;
    while (!worth && blocks++ < 1_000) {
      worth = compression.pays() && compresses(Samples.text(MIB));
    }
    assertThat(worth).isTrue();
    assertThat(samplesOf(10)).isEqualTo(10);
  }
}
