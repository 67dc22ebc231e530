package dev.deed.transport.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Every bit of a small journal flipped, every file cut at every byte, files that are missing or
/// exchanged: what is read is right, or it is refused.
class JournalDamageTest {
  private static final JournalConfig CONFIG = new JournalConfig(400, 1 << 20, 1 << 16);

  private final FaultyFiles files = new FaultyFiles();
  private final List<Map<String, String>> states = new ArrayList<>(List.of(Map.of()));

  /// A journal with a base, a closed log and an open one.
  private Journal written() throws IOException {
    Journal journal = Journal.create(files, JournalModel.ESTATE, CONFIG);
    Random letters = new Random(1);
    for (int i = 1; i < 30 || !isAsWanted(); i++) {
      assertThat(i).isLessThan(1_000);
      Map<String, String> state = new TreeMap<>(states.getLast());
      journal.begin();
      String key = "key " + i % 12;
      if (i % 7 == 3) {
        journal.remove(JournalModel.bytes(key));
        state.remove(key);
      } else {
        String record = text(letters, 20 * (i % 6));
        journal.set(JournalModel.bytes(key), JournalModel.bytes(record));
        state.put(key, record);
      }
      states.add(state);
      journal.commit();
      journal.sync();
    }
    return journal;
  }

  private static String text(Random letters, int length) {
    byte[] bytes = new byte[length];
    letters.nextBytes(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private boolean isAsWanted() throws IOException {
    List<String> names = files.names();
    return names.size() == 3
        && names.getFirst().endsWith(".base")
        && names.get(1).endsWith(".log")
        && files.bytes(names.getLast()).length > 300;
  }

  /// The cut at which the damaged journal is; empty if it is refused.
  private Optional<Integer> cutOf(FaultyFiles damaged) throws IOException {
    try (Journal journal = Journal.open(damaged, CONFIG)) {
      int cut = (int) journal.last();
      assertThat(JournalModel.contents(journal)).isEqualTo(states.get(cut));
      return Optional.of(cut);
    } catch (JournalCorruptException | JournalMismatchException refused) {
      return Optional.empty();
    }
  }

  @Test
  void aFlippedBitIsRefusedWhereAllHadBeenMarkedAsSynced() throws IOException {
    written().close();
    int refused = 0;
    for (String name : files.names()) {
      byte[] good = files.bytes(name);
      for (int bit = 0; bit < 8 * good.length; bit++) {
        FaultyFiles damaged = flipped(name, bit);
        Optional<Integer> cut = cutOf(damaged);
        refused += cut.isEmpty() ? 1 : 0;
        // Damage to the mark itself, the last frame of all, harms nothing.
        boolean isMark =
            name.equals(files.names().getLast()) && bit / 8 >= good.length - Frame.HEAD_BYTES;
        if (isMark) {
          assertThat(cut).contains(states.size() - 1);
        } else {
          assertThat(cut).as("%s, bit %d", name, bit).isEmpty();
        }
      }
    }
    assertThat(refused).isGreaterThan(5_000);
  }

  @Test
  void aFlippedBitOfAJournalThatWasNotClosedCostsTheLastCutAtMost() throws IOException {
    var _ = written();
    for (String name : files.names()) {
      for (int bit = 0; bit < 8 * files.bytes(name).length; bit++) {
        Optional<Integer> cut = cutOf(flipped(name, bit));
        if (cut.isPresent()) {
          assertThat(cut.get()).as("%s, bit %d", name, bit).isEqualTo(states.size() - 2);
        }
      }
    }
  }

  @Test
  void aLogThatWasCutShortIsReadUpToACutAndEverythingElseIsRefused() throws IOException {
    written().close();
    List<String> names = files.names();
    for (String name : names) {
      byte[] good = files.bytes(name);
      int last = -1;
      for (int length = 0; length < good.length; length++) {
        FaultyFiles damaged = files.copy();
        damaged.damage(name, Arrays.copyOf(good, length));
        Optional<Integer> cut = cutOf(damaged);
        if (name.equals(names.getLast())) {
          assertThat(cut).as("%s, %d bytes", name, length).isPresent();
          assertThat(cut.get()).isGreaterThanOrEqualTo(last);
          last = cut.get();
        } else {
          assertThat(cut).as("%s, %d bytes", name, length).isEmpty();
        }
      }
    }
  }

  @Test
  void missingAndExchangedFilesAreRefused() throws IOException {
    written().close();
    List<String> names = files.names();
    for (String missing : names.subList(0, 2)) {
      FaultyFiles damaged = files.copy();
      damaged.delete(missing);
      assertThat(cutOf(damaged)).as("without %s", missing).isEmpty();
    }
    FaultyFiles exchanged = files.copy();
    exchanged.damage(names.get(1), files.bytes(names.get(2)));
    assertThat(cutOf(exchanged)).isEmpty();
  }

  @Test
  void anErrorSaysWhichFileWhereAndWhatToDo() throws IOException {
    written().close();
    String log = files.names().get(1);
    FaultyFiles damaged = flipped(log, 8 * (SegmentHead.BYTES + 50));
    assertThatThrownBy(() -> Journal.open(damaged, CONFIG))
        .isInstanceOfSatisfying(
            JournalCorruptException.class,
            e -> {
              assertThat(e.file()).isEqualTo(log);
              assertThat(e.offset()).isEqualTo(SegmentHead.BYTES);
            })
        .hasMessageContainingAll(log, "byte 64", "from a copy", "begin anew");
  }

  @Test
  void whatWasTornIsToldAndGone() throws IOException {
    Journal journal = written();
    journal.begin();
    journal.set(JournalModel.bytes("torn"), JournalModel.bytes("x"));
    journal.commit();
    String log = files.names().getLast();
    byte[] all = files.bytes(log);
    files.damage(log, Arrays.copyOf(all, all.length - 1));
    try (Journal opened = Journal.open(files, CONFIG)) {
      assertThat(opened.tornBytes()).isPositive();
      assertThat(opened.last()).isEqualTo(states.size() - 1);
    }
    try (Journal opened = Journal.open(files, CONFIG)) {
      assertThat(opened.tornBytes()).isZero();
    }
  }

  private FaultyFiles flipped(String name, int bit) {
    FaultyFiles damaged = files.copy();
    byte[] bytes = files.bytes(name).clone();
    bytes[bit / 8] ^= (byte) (1 << bit % 8);
    damaged.damage(name, bytes);
    return damaged;
  }
}
