package dev.deed.transport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files, names, damage, and directories of others.
class FileStoreTest {
  private static final WorkerId SELF = Samples.worker(1);
  private static final WorkerId OTHER = Samples.worker(2);

  @TempDir Path scratch;
  private Path root;
  private FileStore store;

  @BeforeEach
  void open() throws IOException {
    root = scratch.resolve("deed-test");
    store = new FileStore(root, "c1", SELF, 64 << 20);
  }

  @AfterEach
  void nothingRemains() throws IOException {
    store.close();
    assertThat(store.usedBytes()).isZero();
    assertThat(store.directory()).doesNotExist();
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Path file(StoreKey key) {
    return store.directory().resolve(key.fileName());
  }

  @Test
  void sealingIsARenamingAndNobodyElseMayLook() throws IOException {
    try (Writing writing = store.create(Samples.key(1), OptionalLong.empty())) {
      writing.append(new byte[100]);
      assertThat(names(store.directory())).singleElement().asString().startsWith(".writing-");
      writing.seal();
    }
    assertThat(names(store.directory())).containsExactly(Samples.key(1).fileName());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(Samples.key(1)))))
        .isEqualTo("rw-------");
    for (Path at : List.of(root, root.resolve("c1"), store.directory())) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(at)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void anAbortedWritingLeavesNoFile() throws IOException {
    Writing writing = store.create(Samples.key(1), OptionalLong.of(100));
    writing.append(new byte[50]);
    writing.abort();
    assertThat(names(store.directory())).isEmpty();
  }

  @Test
  void namesOfFilesReadBackAsKeysAndNothingElseDoes() {
    for (int i = 0; i < 50; i++) {
      String name = Samples.key(i).fileName();
      assertThat(StoreKey.parse(name)).contains(Samples.key(i));
      assertThat(name).matches("[a-z0-9.-]{1,134}");
      assertThat(StoreKey.parse(name + "0x")).isEmpty();
      assertThat(StoreKey.parse(name.substring(1))).isEmpty();
      assertThat(StoreKey.parse(name.replaceFirst("\\.", ".0"))).isEmpty();
    }
    assertThat(StoreKey.parse(".writing-1")).isEmpty();
    assertThat(StoreKey.parse("---")).isEmpty();
  }

  @Test
  void aWorkerHasItsDirectoryForItself() {
    assertThatThrownBy(() -> new FileStore(root, "c1", SELF, 1))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> new FileStore(root, "../c1", OTHER, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDirectoryThatIsALinkOrOpenIsRefused() throws IOException {
    Path elsewhere = Files.createDirectory(scratch.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(scratch.resolve("link"), elsewhere);
    assertThatThrownBy(() -> new FileStore(link, "c1", OTHER, 1))
        .isInstanceOf(UnsafeDirectoryException.class);
    Files.createSymbolicLink(root.resolve("c2"), elsewhere);
    assertThatThrownBy(() -> new FileStore(root, "c2", OTHER, 1))
        .isInstanceOf(UnsafeDirectoryException.class);
    Path open = Files.createDirectory(root.resolve("c3"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThatThrownBy(() -> new FileStore(root, "c3", OTHER, 1))
        .isInstanceOf(UnsafeDirectoryException.class);
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aDirectoryOfAnotherUserIsRefused() throws IOException {
    assumeThat(HostDirectory.OwnUser.ID).as("only root can give a file away").isZero();
    Path foreign = Files.createDirectory(root.resolve("c4"));
    Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("rwx------"));
    Files.setAttribute(foreign, "unix:uid", 12_345);
    assertThatThrownBy(() -> new FileStore(root, "c4", OTHER, 1))
        .isInstanceOf(UnsafeDirectoryException.class)
        .hasMessageContaining("12345");
    assertThat(FileStore.sweep(root, SELF::equals).skipped()).isEqualTo(1);
    assertThat(foreign).exists();
  }

  @Test
  void everyDamagedFrameIsFound() throws IOException {
    byte[] bytes = Samples.bytes(1, 2 * BlockHash.BLOCK_BYTES + 100);
    StoreKey key = Samples.key(1);
    Samples.put(store, key, bytes);
    byte[] good = Files.readAllBytes(file(key));
    Random random = new Random(11);
    for (int round = 0; round < 200; round++) {
      byte[] bad = good.clone();
      int where = random.nextInt(64 + 24);
      int at = where < 64 ? where : good.length - 24 + where - 64;
      bad[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file(key), bad);
      assertThatThrownBy(() -> store.open(key)).isInstanceOf(CorruptValueException.class);
    }
    for (int length : new int[] {0, 10, 63, 64, 100, good.length - 1}) {
      Files.write(file(key), java.util.Arrays.copyOf(good, length));
      assertThatThrownBy(() -> store.open(key)).isInstanceOf(CorruptValueException.class);
      assertThatThrownBy(() -> ((StoreBase) store).source(key))
          .isInstanceOf(CorruptValueException.class);
    }
    Files.delete(file(key));
    assertThatThrownBy(() -> store.open(key)).isInstanceOf(CorruptValueException.class);
    assertThatThrownBy(() -> ((StoreBase) store).source(key))
        .isInstanceOf(CorruptValueException.class);
    Files.write(file(key), good);
    assertThat(Samples.read(store, key)).isEqualTo(bytes);
  }

  @Test
  void aChangedByteIsFoundByVerifying() throws IOException {
    StoreKey key = Samples.key(1);
    Samples.put(store, key, Samples.bytes(1, 3_000_000));
    try (RandomAccessFile file = new RandomAccessFile(file(key).toFile(), "rw")) {
      file.seek(2_000_000);
      int before = file.read();
      file.seek(2_000_000);
      file.write(before ^ 1);
    }
    try (Sealed value = store.open(key).orElseThrow()) {
      assertThatThrownBy(value::verify)
          .isInstanceOf(CorruptValueException.class)
          .hasMessageContaining("block 1");
    }
  }

  @Test
  void aFileCutShortWhileMappedIsAnErrorOfTheValue() throws IOException {
    StoreKey key = Samples.key(1);
    Samples.put(store, key, Samples.bytes(1, 3_000_000));
    try (Sealed value = store.open(key).orElseThrow();
        RandomAccessFile file = new RandomAccessFile(file(key).toFile(), "rw")) {
      file.setLength(1000);
      assertThatThrownBy(value::toBytes).isInstanceOf(CorruptValueException.class);
      assertThatThrownBy(value::verify).isInstanceOf(CorruptValueException.class);
    }
  }

  @Test
  void anInterruptedReaderReadsAllTheSame() throws IOException {
    Samples.put(store, Samples.key(1), Samples.bytes(1, 100_000));
    Thread.currentThread().interrupt();
    assertThat(Samples.read(store, Samples.key(1))).hasSize(100_000);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aSweepRemovesOnlyWhatNobodyAnswersFor() throws IOException {
    Path dead = leaveBehind(OTHER);
    Path outside = Files.writeString(scratch.resolve("outside"), "precious");
    Files.createSymbolicLink(dead.resolve("link"), outside);
    Files.createDirectory(dead.resolve("sub"));
    Files.createSymbolicLink(dead.resolve("sub/up"), scratch);
    Path linked = root.resolve("c1").resolve(Samples.worker(3).toString());
    Files.createSymbolicLink(linked, scratch);
    Path lock = Files.writeString(root.resolve("c1/other.lock"), "");
    assertThat(FileStore.sweep(root, SELF::equals)).isEqualTo(new SweepReport(List.of(OTHER), 2));
    assertThat(dead).doesNotExist();
    assertThat(store.directory()).exists();
    assertThat(outside).hasContent("precious");
    assertThat(linked.toFile().toPath()).isSymbolicLink();
    assertThat(lock).exists();
    assertThat(FileStore.sweep(scratch.resolve("nothing"), SELF::equals))
        .isEqualTo(new SweepReport(List.of(), 0));
    Files.delete(linked);
    Files.delete(lock);
  }

  /// A directory as a killed worker leaves it: two sealed values and a half-written one.
  private Path leaveBehind(WorkerId worker) throws IOException {
    FileStore dying = new FileStore(root, "c1", worker, 64 << 20);
    Samples.put(dying, Samples.key(20), Samples.bytes(20, 200_000));
    Samples.put(dying, Samples.key(21), Samples.bytes(21, 2_000_000));
    Writing half = dying.create(Samples.key(22), OptionalLong.of(10_000_000));
    half.append(new byte[1_000_000]);
    return dying.directory();
  }

  @Test
  void theSealedValuesOfADeadWorkerAreAdopted() throws IOException {
    Path dead = leaveBehind(OTHER);
    assertThat(store.adopt(dead))
        .extracting(StoredCopy::key)
        .containsExactlyInAnyOrder(Samples.key(20), Samples.key(21));
    assertThat(dead).doesNotExist();
    assertThat(Samples.read(store, Samples.key(21))).isEqualTo(Samples.bytes(21, 2_000_000));
    assertThat(store.usedBytes()).isEqualTo(2_200_000);
    assertThat(store.adopt(dead)).isEmpty();
  }

  @Test
  void adoptionLeavesDamagedDoubleAndTooLargeValues() throws IOException {
    Path dead = leaveBehind(OTHER);
    Samples.put(store, Samples.key(20), Samples.bytes(20, 200_000));
    Files.write(dead.resolve(Samples.key(23).fileName()), new byte[500]);
    Files.move(dead.resolve(Samples.key(21).fileName()), dead.resolve(Samples.key(24).fileName()));
    Files.createSymbolicLink(dead.resolve(Samples.key(25).fileName()), Path.of("/etc/hostname"));
    assertThat(store.adopt(dead)).isEmpty();
    assertThat(dead).doesNotExist();
    assertThat(names(store.directory())).containsExactly(Samples.key(20).fileName());
    Path large = leaveBehind(OTHER);
    Samples.put(store, Samples.key(30), new byte[63 << 20]);
    assertThat(store.adopt(large)).isEmpty();
    assertThat(store.usedBytes()).isEqualTo(200_000 + (63 << 20));
  }

  @Test
  void onlyADirectoryBesideTheOwnIsAdopted() throws IOException {
    Path elsewhere = Files.createDirectory(scratch.resolve(OTHER.toString()));
    Path link =
        Files.createSymbolicLink(store.directory().resolveSibling(OTHER.toString()), elsewhere);
    for (Path wrong : List.of(elsewhere, link, store.directory(), root)) {
      assertThatThrownBy(() -> store.adopt(wrong)).isInstanceOf(UnsafeDirectoryException.class);
    }
    assertThat(elsewhere).exists();
    Files.delete(link);
  }

  @Test
  void aFullDeviceIsOutOfSpace() throws Exception {
    Path mount = Files.createDirectory(scratch.resolve("tiny"));
    assumeThat(run("mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", mount.toString()))
        .as("mounting needs root")
        .isZero();
    try (FileStore tiny = new FileStore(mount.resolve("deed"), "c", SELF, 1 << 30)) {
      assertThatThrownBy(() -> tiny.create(Samples.key(1), OptionalLong.of(3 << 20)))
          .isInstanceOf(OutOfSpaceException.class);
      Writing writing = tiny.create(Samples.key(1), OptionalLong.empty());
      assertThatThrownBy(() -> writing.append(new byte[3 << 20]))
          .isInstanceOf(OutOfSpaceException.class);
      assertThat(tiny.usedBytes()).isZero();
      assertThat(names(tiny.directory())).isEmpty();
      Samples.put(tiny, Samples.key(2), new byte[1 << 20]);
    } finally {
      assertThat(run("umount", mount.toString())).isZero();
    }
  }

  private static int run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void aValueOfAWorkerOfTheSameHostIsLinkedNotCopied() throws IOException {
    try (FileStore other = new FileStore(root, "c1", OTHER, 64 << 20)) {
      StoredCopy copy = Samples.put(other, Samples.key(1), Samples.bytes(1, 500_000));
      assertThat(store.link(OTHER, new StoredCopy(copy.key(), 500_000, 0))).isFalse();
      assertThat(store.link(Samples.worker(3), copy)).isFalse();
      assertThat(store.link(OTHER, copy)).isTrue();
      assertThat(Files.getAttribute(file(copy.key()), "unix:ino", LinkOption.NOFOLLOW_LINKS))
          .isEqualTo(
              Files.getAttribute(other.directory().resolve(copy.key().fileName()), "unix:ino"));
      other.delete(copy.key());
      assertThat(Samples.read(store, copy.key())).isEqualTo(Samples.bytes(1, 500_000));
      assertThat(Set.copyOf(names(store.directory()))).containsExactly(copy.key().fileName());
    }
  }
}
