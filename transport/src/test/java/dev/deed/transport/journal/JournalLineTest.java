package dev.deed.transport.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The thread that writes a journal.
class JournalLineTest {
  private static final JournalConfig CONFIG = new JournalConfig(1 << 16, 1 << 20, 1 << 16);

  private final FaultyFiles files = new FaultyFiles();
  private final List<Integer> kept = new CopyOnWriteArrayList<>();
  private final CompletableFuture<IOException> failed = new CompletableFuture<>();

  private JournalLine line(SyncPolicy policy) throws IOException {
    Journal journal = Journal.create(files, JournalModel.ESTATE, CONFIG);
    return new JournalLine(journal, policy, 1_000, failed::complete);
  }

  private static JournalLine.Work cut(int key) {
    return journal -> {
      journal.begin();
      journal.set(new byte[] {(byte) key}, new byte[10]);
      journal.commit();
    };
  }

  /// Has the thread wait until it may go on.
  private static CountDownLatch hold(JournalLine line) {
    CountDownLatch goOn = new CountDownLatch(1);
    assertThat(line.submit(0, _ -> await(goOn), () -> {})).isTrue();
    return goOn;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatGatheredIsSyncedTogetherAndToldInOrder() throws Exception {
    CompletableFuture<Long> synced = new CompletableFuture<>();
    try (JournalLine line = line(SyncPolicy.EACH)) {
      CountDownLatch goOn = hold(line);
      CompletableFuture<Journal> journal = new CompletableFuture<>();
      for (int i = 1; i <= 20; i++) {
        int number = i;
        assertThat(line.submit(1, cut(i), () -> kept.add(number))).isTrue();
      }
      line.submit(1, journal::complete, () -> synced.complete(journal.join().synced()));
      assertThat(kept).isEmpty();
      goOn.countDown();
      assertThat(synced.get(1, TimeUnit.MINUTES)).isEqualTo(20);
      assertThat(kept)
          .containsExactly(
              java.util.stream.IntStream.rangeClosed(1, 20).boxed().toArray(Integer[]::new));
    }
  }

  @Test
  void withAnIntervalNothingIsToldBeforeItsSync() throws Exception {
    try (JournalLine line = line(SyncPolicy.every(Duration.ofHours(1)))) {
      CountDownLatch first = new CountDownLatch(1);
      line.submit(1, cut(1), first::countDown);
      await(first);
      CountDownLatch written = new CountDownLatch(1);
      line.submit(1, cut(2), () -> kept.add(2));
      line.submit(1, _ -> written.countDown(), () -> {});
      await(written);
      assertThat(kept).isEmpty();
    }
    assertThat(kept).containsExactly(2);
  }

  @Test
  void withoutSyncsItIsToldWhenItIsWritten() throws Exception {
    CompletableFuture<Long> synced = new CompletableFuture<>();
    try (JournalLine line = line(SyncPolicy.NEVER)) {
      line.submit(1, cut(1), () -> kept.add(1));
      line.submit(1, journal -> synced.complete(journal.synced()), () -> {});
      assertThat(synced.get(1, TimeUnit.MINUTES)).isZero();
    }
    assertThat(kept).containsExactly(1);
  }

  @Test
  void tooMuchIsNotTaken() throws Exception {
    try (JournalLine line = line(SyncPolicy.EACH)) {
      CountDownLatch goOn = hold(line);
      CountDownLatch begun = new CountDownLatch(1);
      // The first one may be of any length.
      boolean took = line.submit(5_000, _ -> begun.countDown(), () -> {});
      assertThat(took).isTrue();
      assertThat(line.submit(1, cut(1), () -> {})).isFalse();
      goOn.countDown();
      await(begun);
      assertThat(line.submit(1, cut(1), () -> {})).isTrue();
    }
  }

  @Test
  void afterAnErrorNothingIsToldOrTaken() throws Exception {
    try (JournalLine line = line(SyncPolicy.EACH)) {
      CountDownLatch goOn = hold(line);
      line.submit(1, cut(1), () -> kept.add(1));
      // The write goes well, the sync does not.
      files.fail(FaultyFiles.Fault.BROKEN, 1);
      goOn.countDown();
      assertThat(failed.get(1, TimeUnit.MINUTES)).isInstanceOf(JournalFailedException.class);
      assertThat(line.submit(1, cut(2), () -> kept.add(2))).isFalse();
      assertThat(line.failure()).isPresent();
    }
    assertThat(kept).isEmpty();
  }

  @Test
  void closingWritesWhatWasTaken() throws Exception {
    JournalLine line = line(SyncPolicy.every(Duration.ofHours(1)));
    for (int i = 1; i <= 5; i++) {
      line.submit(1, cut(i), () -> {});
    }
    line.close();
    assertThat(line.submit(1, cut(9), () -> {})).isFalse();
    try (Journal journal = Journal.open(files, CONFIG)) {
      assertThat(journal.size()).isEqualTo(5);
    }
  }
}
