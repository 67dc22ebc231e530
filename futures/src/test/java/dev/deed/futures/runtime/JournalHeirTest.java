package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.deed.JournalException;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.Event;
import dev.deed.ownership.heirs.EstateImage;
import dev.deed.ownership.heirs.HeirMessage;
import dev.deed.ownership.heirs.HeirsConfig;
import dev.deed.ownership.heirs.RecordLog;
import dev.deed.ownership.heirs.RecordSource;
import dev.deed.transport.journal.SyncPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A record log that is kept in a journal in files.
class JournalHeirTest {
  private static final EstateId ESTATE = new EstateId(new WorkerId(1, 2));
  private static final JournalHeir.About JOB = new JournalHeir.About(ESTATE, TaskId.root(3, 4));

  @TempDir Path scratch;

  private final SortedMap<Long, byte[]> records = new TreeMap<>();
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();

  private Path directory() {
    return scratch.resolve("journal");
  }

  private static JournalPlan plan(Path directory) {
    return new JournalPlan(directory, 0, SyncPolicy.EACH);
  }

  private RecordLog log(JournalHeir heir, long epoch) {
    RecordSource source =
        new RecordSource() {
          @Override
          public long[] keys() {
            return records.keySet().stream().mapToLong(Long::longValue).toArray();
          }

          @Override
          public boolean write(long key, WireWriter out) {
            byte[] record = records.get(key);
            if (record != null) {
              out.writeRaw(record, 0, record.length);
            }
            return record != null;
          }
        };
    HeirsConfig config = HeirsConfig.defaults(HeirsConfig.Mode.ASYNC, 0);
    return new RecordLog(ESTATE, epoch, config, source, (_, message) -> heir.replicate(message));
  }

  private Event event() throws InterruptedException {
    Event event = events.poll(1, TimeUnit.MINUTES);
    assertThat(event).isNotNull();
    return event;
  }

  /// Changes records at random in so many cuts; returns when the journal has them all.
  private void serve(JournalHeir heir, long epoch, int cuts) throws InterruptedException {
    heir.start(events::add, e -> events.add(new Event.Tick()));
    assertThat(event()).isEqualTo(new Event.JournalOpened(ESTATE, heir.id()));
    RecordLog log = log(heir, epoch);
    log.follow(List.of(heir.id()), List.of());
    Random random = new Random(epoch);
    for (int cut = 1; cut <= cuts; cut++) {
      for (int i = random.nextInt(5); i >= 0; i--) {
        long key = 1L + random.nextInt(40);
        if (random.nextInt(4) == 0) {
          records.remove(key);
        } else {
          byte[] record = new byte[random.nextInt(3_000)];
          random.nextBytes(record);
          records.put(key, record);
        }
        log.changed(key);
      }
      log.cut(cut, 0);
      while (log.held() != cut) {
        Event.Replicated answer = (Event.Replicated) event();
        log.received(heir.id(), (HeirMessage.Received) answer.message(), 0);
      }
    }
    assertThat(log.complete()).containsExactly(heir.id());
  }

  private void assertImage(JournalHeir heir, long epoch) {
    EstateImage image = heir.restored().orElseThrow();
    assertThat(image.epoch()).isEqualTo(epoch);
    assertThat(image.records().keySet()).isEqualTo(records.keySet());
    image.records().forEach((key, record) -> assertThat(record).isEqualTo(records.get(key)));
    assertThat(heir.restored()).isEmpty();
  }

  @Test
  void theImageThatIsReadIsTheOneThatWasToldAlsoAfterManyRestarts() throws Exception {
    try (JournalHeir heir = JournalHeir.openOrCreate(plan(directory()), JOB)) {
      assertThat(heir.restored()).isEmpty();
      serve(heir, 1, 60);
    }
    for (long epoch = 2; epoch < 6; epoch++) {
      JournalHeir.About other =
          new JournalHeir.About(new EstateId(new WorkerId(8, epoch)), JOB.main());
      try (JournalHeir heir = JournalHeir.openOrCreate(plan(directory()), other)) {
        assertThat(heir.about()).isEqualTo(JOB);
        assertImage(heir, epoch - 1);
        serve(heir, epoch, 30);
      }
    }
  }

  @Test
  void aJobOfWhichNothingWasKeptBeginsAnew() throws IOException {
    JournalHeir.openOrCreate(plan(directory()), JOB).close();
    JournalHeir.About other = new JournalHeir.About(new EstateId(new WorkerId(8, 8)), JOB.main());
    try (JournalHeir heir = JournalHeir.openOrCreate(plan(directory()), other)) {
      assertThat(heir.about()).isEqualTo(other);
      assertThat(heir.restored()).isEmpty();
    }
  }

  @Test
  void whatIsNoJournalOfAJobIsRefused() throws IOException {
    assertThatThrownBy(() -> JournalHeir.openOrCreate(plan(scratch.resolve("a/b/c")), JOB))
        .isInstanceOf(JournalException.class);
    Path file = Files.createFile(scratch.resolve("file"));
    assertThatThrownBy(() -> JournalHeir.openOrCreate(plan(file), JOB))
        .isInstanceOf(JournalException.class);
    try (JournalHeir _ = JournalHeir.openOrCreate(plan(directory()), JOB)) {
      assertThatThrownBy(() -> JournalHeir.openOrCreate(plan(directory()), JOB))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining("in use");
    }
  }

  @Test
  void aDirectoryInWhichNothingCanBeWrittenIsToldByItsTypeAndStaysAsItWas() throws Exception {
    try (JournalHeir heir = JournalHeir.openOrCreate(plan(directory()), JOB)) {
      serve(heir, 1, 20);
    }
    lock(true);
    try {
      assertThatThrownBy(() -> JournalHeir.openOrCreate(plan(directory()), JOB))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining(directory().toString());
    } finally {
      lock(false);
    }
    try (JournalHeir heir = JournalHeir.openOrCreate(plan(directory()), JOB)) {
      assertImage(heir, 1);
    }
  }

  /// Has the system refuse new files in the directory, also to root.
  private void lock(boolean locked) throws IOException, InterruptedException {
    boolean root = (Integer) Files.getAttribute(scratch, "unix:uid") == 0;
    if (root) {
      Process change =
          new ProcessBuilder("chattr", locked ? "+i" : "-i", directory().toString()).start();
      assumeThat(change.waitFor()).as("a file system with chattr").isZero();
    } else {
      Files.setPosixFilePermissions(
          directory(), PosixFilePermissions.fromString(locked ? "r-x------" : "rwx------"));
    }
  }
}
