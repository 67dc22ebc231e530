package dev.deed.transport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What both stores promise.
class ObjectStoreTest {
  private static final long LIMIT = 64 << 20;

  @Nested
  class InMemory extends Promises {
    @Override
    ObjectStore make() {
      return new HeapStore(LIMIT);
    }
  }

  @Nested
  class InFiles extends Promises {
    @TempDir Path root;

    @Override
    ObjectStore make() throws IOException {
      return new FileStore(root.resolve("deed"), "cluster", Samples.worker(1), LIMIT);
    }
  }

  abstract static class Promises {
    private ObjectStore store;

    abstract ObjectStore make() throws IOException;

    @BeforeEach
    void open() throws IOException {
      store = make();
    }

    @AfterEach
    void nothingRemains() throws IOException {
      store.list().forEach(copy -> assertThat(copy.size()).isNotNegative());
      store.close();
      assertThat(store.usedBytes()).isZero();
    }

    @Test
    void valuesOfEverySizeComeBack() throws IOException {
      int block = BlockHash.BLOCK_BYTES;
      for (int size :
          new int[] {0, 1, 63, 64, 65_536, block - 1, block, block + 1, 3 * block + 7}) {
        byte[] bytes = Samples.bytes(size, size);
        StoredCopy copy = Samples.put(store, Samples.key(size), bytes);
        assertThat(copy).isEqualTo(new StoredCopy(Samples.key(size), size, Samples.digest(bytes)));
        assertThat(Samples.read(store, Samples.key(size))).isEqualTo(bytes);
        assertThat(store.about(Samples.key(size))).contains(copy);
        assertThat(store.delete(Samples.key(size))).isTrue();
        assertThat(store.delete(Samples.key(size))).isFalse();
        assertThat(store.open(Samples.key(size))).isEmpty();
      }
      assertThat(store.usedBytes()).isZero();
    }

    @Test
    void theDigestDoesNotDependOnThePieces() throws IOException {
      byte[] bytes = Samples.bytes(5, 2_700_000);
      Random random = new Random(7);
      for (int round = 0; round < 5; round++) {
        try (Writing writing = store.create(Samples.key(round), OptionalLong.empty())) {
          for (int at = 0; at < bytes.length; ) {
            int count = Math.min(bytes.length - at, 1 + random.nextInt(900_000));
            writing.append(MemorySegment.ofArray(bytes).asSlice(at, count));
            at += count;
          }
          assertThat(writing.length()).isEqualTo(bytes.length);
          assertThat(writing.seal().digest()).isEqualTo(Samples.digest(bytes));
        }
        assertThat(Samples.read(store, Samples.key(round))).isEqualTo(bytes);
      }
    }

    @Test
    void everyKindOfMemoryIsTaken(@TempDir Path files) throws IOException {
      long[] words = new Random(3).longs(200_000).toArray();
      MemorySegment array = MemorySegment.ofArray(words);
      byte[] bytes = array.toArray(ValueLayout.JAVA_BYTE);
      Path file = Files.write(files.resolve("mapped"), bytes);
      try (Arena arena = Arena.ofConfined();
          FileChannel channel = FileChannel.open(file)) {
        MemorySegment nativeCopy = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
        MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes.length, arena);
        List<MemorySegment> kinds =
            List.of(array, nativeCopy, mapped, MemorySegment.ofArray(bytes).asReadOnly());
        for (int i = 0; i < kinds.size(); i++) {
          try (Writing writing = store.create(Samples.key(i), OptionalLong.of(bytes.length))) {
            writing.append(kinds.get(i));
            assertThat(writing.seal().digest()).isEqualTo(Samples.digest(bytes));
          }
          assertThat(Samples.read(store, Samples.key(i))).isEqualTo(bytes);
        }
      }
    }

    @Test
    void aSegmentIsReadOnlyAndAligned() throws IOException {
      Samples.put(store, Samples.key(1), Samples.bytes(1, 100_000));
      try (Sealed value = store.open(Samples.key(1)).orElseThrow()) {
        assertThat(value.segment().isReadOnly()).isTrue();
        assertThat(value.segment().address() % 64).isZero();
        assertThat(value.segment().get(ValueLayout.JAVA_LONG, 8)).isNotZero();
        byte[] part = new byte[10];
        value.read(99_990, MemorySegment.ofArray(part));
        assertThat(part).isEqualTo(Arrays.copyOfRange(Samples.bytes(1, 100_000), 99_990, 100_000));
        assertThatThrownBy(() -> value.read(99_991, MemorySegment.ofArray(part)))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
    }

    @Test
    void aValueIsInvisibleUntilItIsSealed() throws IOException {
      try (Writing writing = store.create(Samples.key(1), OptionalLong.empty())) {
        writing.append(new byte[1000]);
        assertThat(store.open(Samples.key(1))).isEmpty();
        assertThat(store.list()).isEmpty();
        assertThat(store.usedBytes()).isEqualTo(1000);
        writing.seal();
        assertThat(store.open(Samples.key(1))).hasValueSatisfying(Sealed::close);
        assertThatThrownBy(() -> writing.append(new byte[1]))
            .isInstanceOf(StoreClosedException.class);
      }
      assertThat(store.open(Samples.key(1))).hasValueSatisfying(Sealed::close);
    }

    @Test
    void anAbortedWritingLeavesNothing() throws IOException {
      Writing writing = store.create(Samples.key(1), OptionalLong.of(5000));
      writing.append(new byte[1000]);
      assertThat(store.usedBytes()).isEqualTo(5000);
      writing.abort();
      writing.abort();
      assertThat(store.usedBytes()).isZero();
      assertThatThrownBy(writing::seal).isInstanceOf(StoreClosedException.class);
    }

    @Test
    void aWritingMustHaveTheSizeThatItAnnounced() throws IOException {
      Writing tooShort = store.create(Samples.key(1), OptionalLong.of(10));
      tooShort.append(new byte[9]);
      assertThatThrownBy(tooShort::seal).isInstanceOf(IOException.class);
      Writing tooLong = store.create(Samples.key(1), OptionalLong.of(10));
      assertThatThrownBy(() -> tooLong.append(new byte[11])).isInstanceOf(IOException.class);
      assertThat(store.usedBytes()).isZero();
    }

    @Test
    void theFirstOfTwoValuesOfOneNameStays() throws IOException {
      byte[] first = Samples.bytes(1, 5000);
      StoredCopy kept = Samples.put(store, Samples.key(1), first);
      assertThat(Samples.put(store, Samples.key(1), Samples.bytes(2, 6000))).isEqualTo(kept);
      assertThat(Samples.read(store, Samples.key(1))).isEqualTo(first);
      assertThat(store.usedBytes()).isEqualTo(5000);
    }

    @Test
    void aDeletedValueStaysReadableForThoseWhoHaveItOpen() throws IOException {
      byte[] bytes = Samples.bytes(1, 2_000_000);
      Samples.put(store, Samples.key(1), bytes);
      Sealed one = store.open(Samples.key(1)).orElseThrow();
      Sealed two = store.open(Samples.key(1)).orElseThrow();
      store.delete(Samples.key(1));
      one.close();
      one.close();
      assertThat(two.toBytes()).isEqualTo(bytes);
      MemorySegment segment = two.segment();
      two.close();
      assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(two::segment).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anOpenValueOutlivesTheStore() throws IOException {
      byte[] bytes = Samples.bytes(1, 70_000);
      Samples.put(store, Samples.key(1), bytes);
      try (Sealed value = store.open(Samples.key(1)).orElseThrow()) {
        store.close();
        assertThat(value.toBytes()).isEqualTo(bytes);
      }
      assertThatThrownBy(() -> store.open(Samples.key(1))).isInstanceOf(StoreClosedException.class);
      assertThatThrownBy(() -> store.create(Samples.key(1), OptionalLong.empty()))
          .isInstanceOf(StoreClosedException.class);
    }

    @Test
    void aWritingMeetsTheClosedStore() throws IOException {
      Writing writing = store.create(Samples.key(1), OptionalLong.of(5000));
      store.close();
      assertThatThrownBy(() -> writing.append(new byte[1]))
          .isInstanceOf(StoreClosedException.class);
      writing.abort();
      assertThat(store.usedBytes()).isZero();
    }

    @Test
    void theLimitIsKept() throws IOException {
      assertThatThrownBy(() -> store.create(Samples.key(1), OptionalLong.of(LIMIT + 1)))
          .isInstanceOf(OutOfSpaceException.class);
      Writing writing = store.create(Samples.key(1), OptionalLong.empty());
      writing.append(new byte[1000]);
      assertThatThrownBy(() -> writing.append(new byte[(int) LIMIT]))
          .isInstanceOf(OutOfSpaceException.class);
      assertThat(store.usedBytes()).isZero();
      Samples.put(store, Samples.key(2), new byte[1 << 20]);
    }

    @Test
    void manyThreadsReadAndDeleteAtOnce() throws Exception {
      byte[] bytes = Samples.bytes(9, 30_000);
      try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
        List<Future<Integer>> readers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
          readers.add(threads.submit(() -> readAndReplace(bytes)));
        }
        int read = 0;
        for (Future<Integer> reader : readers) {
          read += reader.get();
        }
        assertThat(read).isPositive();
      }
    }

    private int readAndReplace(byte[] bytes) throws IOException {
      int read = 0;
      for (int i = 0; i < 300; i++) {
        Samples.put(store, Samples.key(1), bytes);
        var open = store.open(Samples.key(1));
        if (open.isPresent()) {
          try (Sealed value = open.get()) {
            store.delete(Samples.key(1));
            assertThat(ByteBuffer.wrap(value.toBytes())).isEqualTo(ByteBuffer.wrap(bytes));
            read++;
          }
        }
      }
      return read;
    }
  }
}
