package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.JournalException;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Payload;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.NamedCopies.Cut;
import dev.deed.ownership.StoredObject;
import dev.deed.transport.store.FileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Copies of stored values in files, as the cuts of a journal say.
class KeptValuesTest {
  private static final WorkerId SELF = new WorkerId(1, 1);
  private static final WorkerId GONE = new WorkerId(2, 2);
  private static final EstateId ESTATE = new EstateId(SELF);
  private static final int SIZE = 10_000;

  @TempDir Path scratch;
  private FileStore own;
  private SharedCopies copies;
  private Path directory;

  @BeforeEach
  void set() throws IOException {
    own = new FileStore(scratch.resolve("shm"), "c1", SELF, 1 << 20);
    copies = new SharedCopies(own);
    directory = scratch.resolve("values");
  }

  @AfterEach
  void close() throws IOException {
    own.close();
  }

  private KeptValues open(long mostBytes, StoredObject... named) {
    return KeptValues.open(
        directory,
        mostBytes,
        List.of(named),
        own,
        peer -> {
          throw new IOException(peer.brief() + " does not answer");
        });
  }

  /// A value in the store of this process.
  private StoredObject put(int number, int size) {
    StoredObject unknown = object(number, size, 0, SELF);
    byte[] bytes = new byte[size];
    new Random(number).nextBytes(bytes);
    return object(number, size, copies.write(unknown.copy(), Payload.of(bytes)), SELF);
  }

  private static StoredObject object(int number, int size, long digest, WorkerId holder) {
    Reference reference = new Reference(new TaskId(number, number).result(0), ESTATE);
    return new StoredObject(
        reference, new StoredValue(0, SELF, size, digest, List.of()), List.of(holder));
  }

  private static Cut named(StoredObject... objects) {
    return new Cut(List.of(objects), Set.of());
  }

  private static Cut dropped(StoredObject... objects) {
    return new Cut(
        List.of(), Stream.of(objects).map(StoredObject::copy).collect(Collectors.toSet()));
  }

  private List<StoredObject> found(long mostBytes, StoredObject... named) throws IOException {
    try (KeptValues values = open(mostBytes, named)) {
      return values.lendTo(own);
    }
  }

  private int files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return (int) files.count();
    }
  }

  @Test
  void whatARecordNamesIsCopiedAndWhatNoneNamesIsRemoved() throws Exception {
    StoredObject first = put(1, SIZE);
    StoredObject second = put(2, SIZE);
    StoredObject third = put(3, SIZE);
    try (KeptValues values = open(1 << 20)) {
      assertThat(values.lendTo(own)).isEmpty();
      values.follow(named(first, second));
      values.awaitIdle();
      values.follow(named(third));
      values.follow(dropped(second));
      values.follow(named(first));
      values.awaitIdle();
      assertThat(files()).isEqualTo(2);
    }
    assertThat(found(1 << 20, first, second, third)).containsExactly(first, third);
    assertThat(found(1 << 20, third)).containsExactly(third);
    assertThat(files()).isEqualTo(1);
  }

  @Test
  void aValueThatWasFoundIsServedByTheStoreOfThisProcess() throws Exception {
    StoredObject object = put(1, SIZE);
    try (KeptValues values = open(1 << 20)) {
      values.follow(named(object));
      values.awaitIdle();
    }
    own.close();
    own = new FileStore(scratch.resolve("shm"), "c1", SELF, 0);
    copies = new SharedCopies(own);
    try (KeptValues values = open(1 << 20, object)) {
      assertThat(values.lendTo(own)).containsExactly(object);
      byte[] bytes = new byte[SIZE];
      new Random(1).nextBytes(bytes);
      byte[] read = copies.read(object.copy(), source -> source.toBytes());
      assertThat(read).isEqualTo(bytes);
    }
  }

  @Test
  void whatThereIsNoRoomForIsCopiedWhenThereIs() throws Exception {
    StoredObject large = put(1, 7 * SIZE);
    StoredObject more = put(2, 4 * SIZE);
    StoredObject little = put(3, 2 * SIZE);
    StoredObject huge = put(4, 11 * SIZE);
    try (KeptValues values = open(10L * SIZE)) {
      values.follow(named(large));
      values.awaitIdle();
      // What has no room lets others pass.
      values.follow(named(huge, more, little));
      values.awaitIdle();
      assertThat(files()).isEqualTo(2);
      values.follow(dropped(large));
      values.awaitIdle();
      assertThat(files()).isEqualTo(2);
    }
    assertThat(found(10L * SIZE, large, more, little, huge)).containsExactly(more, little);
  }

  @Test
  void aValueThatNobodyHasIsTriedAgainWhenItsRecordNamesOthers() throws Exception {
    StoredObject here = put(1, SIZE);
    StoredObject away = object(1, SIZE, here.value().digest(), GONE);
    try (KeptValues values = open(1 << 20)) {
      values.follow(named(away));
      values.awaitIdle();
      assertThat(files()).isZero();
      values.follow(named(here));
      values.awaitIdle();
      assertThat(files()).isEqualTo(1);
    }
  }

  @Test
  void aDirectoryThatCannotBeUsedIsToldByItsType() throws IOException {
    Files.createFile(directory);
    assertThatThrownBy(() -> open(1 << 20))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining(directory.toString());
  }
}
