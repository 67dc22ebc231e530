package dev.deed.transport.journal;

import dev.deed.transport.journal.FaultyFiles.Fault;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/// Any run of cuts, syncs, ends of the process and of the machine, and errors of the disk: what is
/// read afterwards was there at a cut, not before the last that was known to be safe.
class JournalProperties {
  sealed interface Step {
    /// Records are set (to a text of so many letters) or, where that is negative, removed.
    record Cut(boolean clears, List<Map.Entry<Integer, Integer>> changes, boolean givenUp)
        implements Step {}

    record Sync() implements Step {}

    record Mark() implements Step {}

    record Close() implements Step {}

    record EndProcess() implements Step {}

    record Restart(long seed) implements Step {}

    record Fail(Fault fault, int steps) implements Step {}
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Map.Entry<Integer, Integer>> change =
        Combinators.combine(
                Arbitraries.integers().between(1, 8),
                Arbitraries.frequencyOf(
                    Tuple.of(6, Arbitraries.integers().between(-30, 90)),
                    Tuple.of(1, Arbitraries.integers().between(200, 3_000))))
            .as(Map::entry);
    Arbitrary<Step> cut =
        Combinators.combine(
                Arbitraries.integers().between(0, 20),
                change.list().ofMaxSize(6),
                Arbitraries.integers().between(0, 12))
            .as((clears, changes, up) -> new Step.Cut(clears == 0, changes, up == 0));
    Arbitrary<Step> fail =
        Combinators.combine(Arbitraries.of(Fault.values()), Arbitraries.integers().between(0, 40))
            .as(Step.Fail::new);
    return Arbitraries.frequencyOf(
            Tuple.of(16, cut),
            Tuple.of(5, Arbitraries.just(new Step.Sync())),
            Tuple.of(2, Arbitraries.just(new Step.Mark())),
            Tuple.of(1, Arbitraries.just(new Step.Close())),
            Tuple.of(1, Arbitraries.just(new Step.EndProcess())),
            Tuple.of(2, Arbitraries.longs().map(Step.Restart::new)),
            Tuple.of(2, fail))
        .list()
        .ofMinSize(1)
        .ofMaxSize(80);
  }

  @Property(tries = 3_000)
  void whatIsReadWasThereAtACutThatIsNotBeforeTheLastSafeOne(
      @ForAll("steps") List<Step> steps, @ForAll Random random) throws IOException {
    JournalConfig config = new JournalConfig(100 + random.nextInt(3_000), Long.MAX_VALUE, 1 << 20);
    Run run = new Run(config);
    for (Step step : steps) {
      run.take(step);
    }
    run.take(new Step.Restart(random.nextLong()));
    run.take(new Step.Close());
  }

  @Property(tries = 1_000)
  void theLimitIsKeptAndWhatWasSafeIsReadWhereThereIsMoreRoom(
      @ForAll("steps") List<Step> steps, @ForAll Random random) throws IOException {
    long limit = 1_000L + random.nextInt(20_000);
    JournalConfig narrow = new JournalConfig(100 + random.nextInt(3_000), limit, 1 << 20);
    Run run = new Run(narrow);
    long most = limit;
    for (Step step : steps) {
      run.take(step);
      if (step instanceof Step.Restart) {
        // What had been deleted may be there again.
        most = Math.max(limit, run.files.totalBytes());
      }
      if (run.files.totalBytes() > most && run.config.limitBytes() == limit) {
        throw new AssertionError(run.files.totalBytes() + " bytes of " + most);
      }
      if (run.journal.isEmpty()) {
        run.config = new JournalConfig(narrow.segmentBytes(), Long.MAX_VALUE, 1 << 20);
      }
    }
  }

  private static final class Run {
    private final FaultyFiles files = new FaultyFiles();
    private final JournalModel model = new JournalModel();
    private JournalConfig config;
    private Optional<Journal> journal;
    private boolean exists;
    private int cuts;

    Run(JournalConfig config) throws IOException {
      this.config = config;
      journal = Optional.empty();
      open();
    }

    void take(Step step) throws IOException {
      if (journal.isEmpty()) {
        open();
      }
      switch (step) {
        case Step.Cut cut -> attempt(now -> cut(now, cut));
        case Step.Sync _ ->
            attempt(now -> {
              now.sync();
              model.safe(now.last());
            });
        case Step.Mark _ -> attempt(Journal::mark);
        case Step.Close _ -> attempt(new Closing());
        case Step.EndProcess _ -> {
          files.endProcess();
          journal = Optional.empty();
        }
        case Step.Restart(long seed) -> {
          files.restart(new Random(seed));
          journal = Optional.empty();
        }
        case Step.Fail(Fault fault, int count) -> files.fail(fault, count);
      }
    }

    /// Opens the journal; if the disk does not let it, once more when the disk works.
    private void open() throws IOException {
      try {
        openOnce();
      } catch (JournalFailedException | JournalFullException _) {
        files.mend();
        try {
          openOnce();
        } catch (JournalFullException _) {
          config = new JournalConfig(config.segmentBytes(), Long.MAX_VALUE, 1 << 20);
          openOnce();
        }
      }
    }

    private void openOnce() throws IOException {
      Journal opened;
      try {
        opened =
            exists
                ? Journal.open(files.opened(), config)
                : Journal.create(files.opened(), JournalModel.ESTATE, config);
      } catch (JournalMismatchException e) {
        // It was made although that failed in the end; or it was never completely made.
        exists = !exists;
        if (model.last() > 0) {
          throw e;
        }
        opened =
            exists
                ? Journal.open(files.opened(), config)
                : Journal.create(files.opened(), JournalModel.ESTATE, config);
      }
      exists = true;
      model.opened(opened);
      journal = Optional.of(opened);
    }

    private interface Attempt {
      void on(Journal journal) throws IOException;
    }

    private final class Closing implements Attempt {
      @Override
      public void on(Journal now) throws IOException {
        now.close();
        model.safe(now.last());
        journal = Optional.empty();
      }
    }

    private void attempt(Attempt attempt) throws IOException {
      Journal now = journal.orElseThrow();
      try {
        attempt.on(now);
      } catch (JournalFailedException | JournalFullException _) {
        if (!(attempt instanceof Closing)) {
          refusesEverything(now);
          now.close();
        }
        files.endProcess();
        journal = Optional.empty();
      }
    }

    private static void refusesEverything(Journal failed) throws IOException {
      try {
        failed.sync();
      } catch (JournalFailedException _) {
        return;
      }
      if (failed.failure().isPresent()) {
        throw new AssertionError("it synced after it had failed");
      }
    }

    private void cut(Journal now, Step.Cut cut) throws IOException {
      Map<String, String> contents = cut.clears() ? new TreeMap<>() : model.now();
      now.begin();
      if (cut.clears()) {
        now.clear();
      }
      for (Map.Entry<Integer, Integer> change : cut.changes()) {
        String key = "k" + change.getKey();
        if (change.getValue() < 0) {
          now.remove(JournalModel.bytes(key));
          contents.remove(key);
        } else {
          String record = record(change.getValue());
          now.set(JournalModel.bytes(key), JournalModel.bytes(record));
          contents.put(key, record);
        }
      }
      if (cut.givenUp()) {
        now.abort();
        return;
      }
      model.cut(contents);
      now.commit();
    }

    /// Some compress well, others do not.
    private String record(int length) {
      Random letters = new Random(cuts++);
      StringBuilder record = new StringBuilder();
      for (int i = 0; i < length; i++) {
        record.append((char) (cuts % 2 == 0 ? 'a' + i % 3 : letters.nextInt(256)));
      }
      return record.toString();
    }
  }
}
