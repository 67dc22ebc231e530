package dev.deed.transport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.transport.store.Neighbours.Neighbour;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Values on disk that outlive their process.
class KeptStoreTest {
  private static final long ROOM = 64 << 20;
  private static final int SIZE = BlockHash.BLOCK_BYTES + 1_000;

  @TempDir Path scratch;
  private FileStore own;
  private Path directory;
  private final Map<StoreKey, StoredCopy> named = new HashMap<>();
  private final List<String> givenUp = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    own = new FileStore(scratch.resolve("shm"), "c1", Samples.worker(1), ROOM);
    directory = scratch.resolve("values");
  }

  @AfterEach
  void close() throws IOException {
    own.close();
    assertThat(own.usedBytes()).isZero();
  }

  private KeptStore kept() throws IOException {
    return kept(ROOM);
  }

  private KeptStore kept(long limit) throws IOException {
    givenUp.clear();
    return KeptStore.open(directory, limit, own, named, givenUp::add);
  }

  private void put(KeptStore store, int... numbers) throws IOException {
    for (int number : numbers) {
      StoredCopy copy = Samples.put(store, Samples.key(number), Samples.bytes(number, SIZE));
      named.put(copy.key(), copy);
    }
  }

  private Path file(int number) {
    return directory.resolve(Samples.key(number).fileName());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private static boolean has(ObjectStore store, int number) {
    return store.about(Samples.key(number)).isPresent();
  }

  @Test
  void whatWasSealedIsThereForWhoOpensItNext() throws IOException {
    try (KeptStore store = kept()) {
      put(store, 1, 2, 3);
      store.syncNames();
      store.delete(Samples.key(2));
      assertThat(store.freeBytes()).isEqualTo(ROOM - 2L * SIZE);
      Writing writing = store.create(Samples.key(4), OptionalLong.of(10));
      writing.append(new byte[5]);
    }
    assertThat(files()).containsExactlyInAnyOrder(file(1), file(3));
    try (KeptStore store = kept()) {
      assertThat(store.list())
          .containsExactlyInAnyOrder(named.get(Samples.key(1)), named.get(Samples.key(3)));
      assertThat(store.usedBytes()).isEqualTo(2L * SIZE);
      assertThat(Samples.read(store, Samples.key(3))).isEqualTo(Samples.bytes(3, SIZE));
      store.delete(Samples.key(3));
      assertThat(files()).containsExactly(file(1));
    }
    try (KeptStore store = kept()) {
      assertThat(has(store, 1)).isTrue();
    }
  }

  @Test
  void whatNobodyNamesIsRemovedWhenItIsOpened() throws IOException {
    try (KeptStore store = kept()) {
      put(store, 1, 2);
    }
    named.remove(Samples.key(1));
    Files.write(directory.resolve(".writing-0"), new byte[100]);
    Files.write(directory.resolve("notes.txt"), new byte[100]);
    Files.createSymbolicLink(file(5), file(2));
    try (KeptStore _ = kept()) {
      assertThat(files()).containsExactly(file(2));
    }
  }

  @Test
  void aFileThatIsNotWhatTheRecordSaysIsRemoved() throws IOException {
    try (KeptStore store = kept()) {
      put(store, 1, 2);
    }
    Files.move(file(2), file(3));
    named.put(Samples.key(3), new StoredCopy(Samples.key(3), SIZE, 1));
    StoreKey one = Samples.key(1);
    named.put(one, new StoredCopy(one, SIZE, 12));
    try (KeptStore store = kept()) {
      assertThat(store.list()).isEmpty();
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void damageAnywhereIsFoundAndCostsThatFileOnly() throws IOException {
    try (KeptStore store = kept()) {
      put(store, 1, 2);
    }
    byte[] good = Files.readAllBytes(file(1));
    Random random = new Random(3);
    for (int round = 0; round < 40; round++) {
      byte[] bad;
      if (round % 4 == 0) {
        bad = Arrays.copyOf(good, random.nextInt(good.length));
      } else if (round % 4 == 1) {
        // A page that never reached the disk.
        bad = good.clone();
        int page = random.nextInt(good.length / 4096) * 4096;
        Arrays.fill(bad, page, page + 4096, (byte) 0);
      } else {
        bad = good.clone();
        int at = random.nextInt(good.length);
        bad[at] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file(1), bad);
      try (KeptStore store = kept()) {
        assertThat(has(store, 1)).as("round %d", round).isFalse();
        assertThat(has(store, 2)).isTrue();
        assertThat(givenUp).singleElement().asString().contains(Samples.key(1).toString());
        assertThat(files()).containsExactly(file(2));
      }
    }
  }

  @Test
  void whatThereIsNoRoomForIsRemoved() throws IOException {
    try (KeptStore store = kept()) {
      put(store, 1, 2, 3);
    }
    try (KeptStore store = kept(2L * SIZE)) {
      assertThat(store.list()).hasSize(2);
      assertThat(files()).hasSize(2);
      assertThat(store.freeBytes()).isZero();
      assertThatThrownBy(() -> Samples.put(store, Samples.key(9), new byte[1]))
          .isInstanceOf(OutOfSpaceException.class);
    }
    try (KeptStore _ = kept(0)) {
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void aDirectoryOfOthersIsRefused() throws IOException {
    Path elsewhere = Files.createDirectory(scratch.resolve("elsewhere"));
    Files.createSymbolicLink(directory, elsewhere);
    assertThatThrownBy(this::kept).isInstanceOf(UnsafeDirectoryException.class);
    Files.delete(directory);
    try (KeptStore _ = kept()) {
      Files.createDirectory(directory.resolve("inner"));
    }
    assertThatThrownBy(this::kept).isInstanceOf(UnsafeDirectoryException.class);
  }

  @Test
  void valuesOfTheOwnHostAreCopiedAndOthersFetched() throws Exception {
    try (Neighbours net = new Neighbours();
        KeptStore store = kept()) {
      FileStore beside = new FileStore(scratch.resolve("shm"), "c1", Samples.worker(2), ROOM);
      Neighbour near = net.add(2, beside, TransferConfig.defaults());
      Neighbour far = net.add(3, TransferConfig.defaults());
      StoredCopy mine = Samples.put(own, Samples.key(1), Samples.bytes(1, SIZE));
      StoredCopy theirs = Samples.put(beside, Samples.key(2), Samples.bytes(2, SIZE));
      StoredCopy distant = Samples.put(far.store, Samples.key(3), Samples.bytes(3, SIZE));
      near.stopServing();
      try (TransferClient client =
          new TransferClient(
              store,
              peer -> java.nio.channels.SocketChannel.open(net.address(peer)),
              TransferConfig.defaults().withClient(2, 1))) {
        assertPulled(client, mine, 1);
        assertPulled(client, theirs, 2);
        assertPulled(client, distant, 3);
      }
      own.delete(mine.key());
      beside.delete(theirs.key());
      for (int number = 1; number <= 3; number++) {
        assertThat(Samples.read(store, Samples.key(number))).isEqualTo(Samples.bytes(number, SIZE));
      }
    }
  }

  private static void assertPulled(TransferClient client, StoredCopy copy, int holder)
      throws Exception {
    assertThat(
            client
                .pull(copy.key(), copy.size(), copy.digest(), List.of(Samples.worker(holder)))
                .get(1, TimeUnit.MINUTES))
        .isEqualTo(new PullResult.Stored(copy));
  }

  @Test
  void aFileOfANeighbourThatIsDamagedIsNotCopied() throws IOException {
    StoredCopy copy = Samples.put(own, Samples.key(1), Samples.bytes(1, SIZE));
    Path file = own.directory().resolve(copy.key().fileName());
    byte[] bytes = Files.readAllBytes(file);
    bytes[SIZE / 2] ^= 1;
    Files.write(file, bytes);
    try (KeptStore store = kept()) {
      assertThat(store.link(Samples.worker(1), copy)).isFalse();
      assertThat(store.link(Samples.worker(7), copy)).isFalse();
      assertThat(store.list()).isEmpty();
      assertThat(store.usedBytes()).isZero();
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void aLentValueIsServedWithoutRoomUntilItGoesHereOrThere() throws IOException {
    try (KeptStore store = kept()) {
      put(store, 1, 2);
      for (int number = 1; number <= 2; number++) {
        assertThat(own.lend(store, Samples.key(number))).isTrue();
        assertThat(own.lend(store, Samples.key(number))).isFalse();
      }
      assertThat(own.lend(store, Samples.key(3))).isFalse();
      assertThat(own.usedBytes()).isZero();
      assertThat(Samples.read(own, Samples.key(1))).isEqualTo(Samples.bytes(1, SIZE));
      assertThat(own.source(Samples.key(1))).isPresent().get().satisfies(BlockSource::close);
      // The core frees it: the file is the journal's.
      own.delete(Samples.key(1));
      assertThat(has(own, 1)).isFalse();
      assertThat(has(store, 1)).isTrue();
      // The record is gone from the journal: who reads goes on, nobody begins.
      try (Sealed reading = own.open(Samples.key(2)).orElseThrow()) {
        store.delete(Samples.key(2));
        assertThat(own.open(Samples.key(2))).isEmpty();
        assertThat(own.source(Samples.key(2))).isEmpty();
        assertThat(reading.toBytes()).isEqualTo(Samples.bytes(2, SIZE));
      }
      assertThat(own.delete(Samples.key(2))).isTrue();
      assertThat(own.usedBytes()).isZero();
      assertThat(files()).containsExactly(file(1));
    }
  }
}
