package dev.deed.transport.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.transport.store.UnsafeDirectoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A journal in real files.
class JournalTest {
  private static final JournalConfig SMALL = new JournalConfig(2_000, 1 << 20, 1 << 16);

  @TempDir Path scratch;

  private Path directory() {
    return scratch.resolve("journal");
  }

  private static void set(Journal journal, String key, String record) throws IOException {
    journal.begin();
    journal.set(JournalModel.bytes(key), JournalModel.bytes(record));
    journal.commit();
  }

  @Test
  void whatWasCommittedIsReadAgain() throws IOException {
    Map<String, String> expected = new TreeMap<>();
    try (Journal journal = Journal.create(directory(), JournalModel.ESTATE, SMALL)) {
      for (int i = 0; i < 500; i++) {
        set(journal, "k" + i % 20, "record " + i);
        expected.put("k" + i % 20, "record " + i);
      }
      journal.sync();
      assertThat(journal.synced()).isEqualTo(500);
      assertThat(JournalModel.contents(journal)).isEqualTo(expected);
      assertThat(journal.usedBytes()).isEqualTo(bytesOnDisk()).isLessThan(10_000);
    }
    try (Journal journal = Journal.open(directory(), SMALL)) {
      assertThat(journal.estate()).isEqualTo(JournalModel.ESTATE);
      assertThat(journal.last()).isEqualTo(500);
      assertThat(journal.tornBytes()).isZero();
      assertThat(JournalModel.contents(journal)).isEqualTo(expected);
      assertThat(journal.usedBytes()).isEqualTo(bytesOnDisk());
    }
  }

  private long bytesOnDisk() throws IOException {
    try (Stream<Path> files = Files.list(directory())) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void recordsOfManyFramesComeBackCompressedOrNot() throws IOException {
    JournalConfig config = new JournalConfig(1 << 20, 64 << 20, 8 << 20);
    byte[] noise = new byte[3_000_000];
    new Random(1).nextBytes(noise);
    byte[] plain = new byte[4_000_000];
    try (Journal journal = Journal.create(directory(), JournalModel.ESTATE, config)) {
      journal.begin();
      journal.set(new byte[] {1}, noise);
      journal.set(new byte[] {2}, plain);
      journal.commit();
      assertThat(journal.usedBytes()).isBetween(3_000_000L, 4_100_000L);
      for (int i = 0; i < 8; i++) {
        journal.begin();
        journal.set(new byte[] {3}, noise);
        journal.commit();
      }
      assertThat(journal.usedBytes()).isLessThan(20_000_000);
    }
    try (Journal journal = Journal.open(directory(), config)) {
      Map<Byte, byte[]> read = new TreeMap<>();
      journal.forEach((key, record) -> read.put(key[0], record));
      assertThat(read).containsOnlyKeys((byte) 1, (byte) 2, (byte) 3);
      assertThat(read.get((byte) 1)).isEqualTo(noise);
      assertThat(read.get((byte) 2)).isEqualTo(plain);
      assertThat(read.get((byte) 3)).isEqualTo(noise);
    }
  }

  @Test
  void anOpenCutIsNotThereUntilItIsCommitted() throws IOException {
    byte[] large = new byte[600_000];
    new Random(2).nextBytes(large);
    JournalConfig config = new JournalConfig(1 << 20, 64 << 20, 1 << 20);
    try (Journal journal = Journal.create(directory(), JournalModel.ESTATE, config)) {
      set(journal, "a", "1");
      journal.begin();
      journal.clear();
      journal.set(JournalModel.bytes("b"), large);
      assertThatThrownBy(journal::begin).isInstanceOf(IllegalStateException.class);
      journal.sync();
      journal.abort();
      set(journal, "c", "2");
    }
    try (Journal journal = Journal.open(directory(), config)) {
      assertThat(JournalModel.contents(journal)).isEqualTo(Map.of("a", "1", "c", "2"));
    }
  }

  @Test
  void oneProcessHasItOpenOnce() throws IOException {
    try (Journal journal = Journal.create(directory(), JournalModel.ESTATE, SMALL)) {
      set(journal, "a", "1");
      assertThatThrownBy(() -> Journal.open(directory(), SMALL))
          .isInstanceOf(JournalInUseException.class)
          .hasMessageContaining("still runs");
      assertThatThrownBy(() -> Journal.create(directory(), JournalModel.ESTATE, SMALL))
          .isInstanceOf(JournalInUseException.class);
    }
    Journal.open(directory(), SMALL).close();
  }

  @Test
  void aJournalIsNotBegunWhereOneIsNorOpenedWhereNoneIs() throws IOException {
    Journal.create(directory(), JournalModel.ESTATE, SMALL).close();
    assertThatThrownBy(() -> Journal.create(directory(), JournalModel.ESTATE, SMALL))
        .isInstanceOf(JournalMismatchException.class)
        .hasMessageContaining("holds a journal already");
    Journal.open(directory(), SMALL).close();
    assertThatThrownBy(() -> Journal.open(scratch.resolve("elsewhere"), SMALL))
        .isInstanceOf(JournalMismatchException.class);
    Path empty =
        Files.createDirectory(
            scratch.resolve("empty"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    assertThatThrownBy(() -> Journal.open(empty, SMALL))
        .isInstanceOf(JournalMismatchException.class);
    assertThat(empty.resolve("lock")).isRegularFile();
  }

  @Test
  void directoriesThatOthersCanReachAndLinksAreRefused() throws IOException {
    Path open = Files.createDirectory(scratch.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-x---"));
    assertThatThrownBy(() -> Journal.create(open, JournalModel.ESTATE, SMALL))
        .isInstanceOf(UnsafeDirectoryException.class)
        .hasMessageContaining("open to others");
    Journal.create(directory(), JournalModel.ESTATE, SMALL).close();
    Path link = Files.createSymbolicLink(scratch.resolve("link"), directory());
    assertThatThrownBy(() -> Journal.open(link, SMALL))
        .isInstanceOf(UnsafeDirectoryException.class);
    Path log = onlyLog();
    Path elsewhere = Files.move(log, scratch.resolve("log"));
    Files.createSymbolicLink(log, elsewhere);
    assertThatThrownBy(() -> Journal.open(directory(), SMALL))
        .isInstanceOf(JournalCorruptException.class)
        .hasMessageContaining("link");
    assertThat(Files.isSymbolicLink(log)).isTrue();
    try (Stream<Path> files = Files.list(directory())) {
      assertThat(files.filter(file -> !Files.isSymbolicLink(file)))
          .allSatisfy(file ->
              assertThat(
                      PosixFilePermissions.toString(
                          Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)))
                  .isEqualTo("rw-------"));
    }
  }

  private Path onlyLog() throws IOException {
    try (Stream<Path> files = Files.list(directory())) {
      return files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
    }
  }

  @Test
  void aFullJournalTakesNothingFurtherAndLosesNothing() throws IOException {
    JournalConfig narrow = new JournalConfig(4_000, 20_000, 1 << 16);
    byte[] noise = new byte[900];
    Random random = new Random(3);
    int kept = 0;
    try (Journal journal = Journal.create(directory(), JournalModel.ESTATE, narrow)) {
      // Changes of the same records never fill it.
      for (int i = 0; i < 200; i++) {
        random.nextBytes(noise);
        journal.begin();
        journal.set(new byte[] {(byte) (i % 5)}, noise.clone());
        journal.commit();
        assertThat(journal.usedBytes()).isLessThanOrEqualTo(narrow.limitBytes());
      }
      try {
        for (int i = 0; i < 200; i++) {
          journal.begin();
          journal.set(new byte[] {(byte) i, 1}, noise);
          journal.commit();
          journal.sync();
          kept = i + 1;
        }
      } catch (JournalFullException e) {
        assertThat(e).hasMessageContaining("may take");
      }
      assertThat(kept).isBetween(4, 20);
      assertThatThrownBy(journal::sync)
          .isInstanceOf(JournalFailedException.class)
          .hasCauseInstanceOf(JournalFullException.class);
      assertThat(journal.failure()).isPresent();
    }
    try (Journal journal = Journal.open(directory(), SMALL)) {
      // The cut after may have been written when there was no room for what followed.
      assertThat(journal.size()).isBetween(5 + kept, 6 + kept);
    }
  }

  @Test
  void lengthsBeyondTheLimitsAreRefusedAndNothingElseHappens() throws IOException {
    try (Journal journal = Journal.create(directory(), JournalModel.ESTATE, SMALL)) {
      journal.begin();
      assertThatThrownBy(() -> journal.set(new byte[1], new byte[(1 << 16) + 1]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> journal.remove(new byte[5_000]))
          .isInstanceOf(IllegalArgumentException.class);
      journal.set(new byte[1], new byte[1 << 16]);
      journal.commit();
      assertThat(journal.size()).isEqualTo(1);
    }
  }

  @Test
  void anotherFormatIsNamed() throws IOException {
    Journal.create(directory(), JournalModel.ESTATE, SMALL).close();
    Path log = onlyLog();
    byte[] bytes = Files.readAllBytes(log);
    bytes[8] = 9;
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(bytes, 0, 60);
    for (int i = 0; i < 4; i++) {
      bytes[60 + i] = (byte) (crc.getValue() >>> (8 * i));
    }
    Files.write(log, bytes);
    assertThatThrownBy(() -> Journal.open(directory(), SMALL))
        .isInstanceOf(JournalMismatchException.class)
        .hasMessageContaining("format 9");
  }
}
