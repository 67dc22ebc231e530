package dev.deed.ownership.heirs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.heirs.HeirMessage.Declined;
import dev.deed.ownership.heirs.HeirMessage.Part;
import dev.deed.ownership.heirs.HeirMessage.Received;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An estate with its server, which may die, heirs, and a network that loses, repeats and reorders.
///
/// The model is the history: the records at each cut of each epoch. After each step every image
/// must be the records at the very cut that it says it is, and nobody may be said to hold more.
final class HeirWorld {
  static final int KEYS = 12;
  static final int LONGEST = 120;
  private static final EstateId ESTATE = new EstateId(new WorkerId(7, 7));
  private static final int MOST_LACKING = 8;
  private static final int ENTRY_BYTES = 100;

  private record Envelope(WorkerId heir, HeirMessage message) {}

  /// A follower: its image, and all that was done to it, so that a copy can be made.
  private static final class Heir {
    private final EstateImage image;
    private final TestJournal journal = new TestJournal(ESTATE);
    private final List<Consumer<EstateImage>> done = new ArrayList<>();
    private boolean full;

    /// Whether the image ever lacked room: it may be behind the journal from then on.
    private boolean declined;

    private Heir(long limit) {
      image = new EstateImage(ESTATE, limit);
    }

    private EstateImage copy(long limit) {
      EstateImage copy = new EstateImage(ESTATE, limit);
      done.forEach(step -> step.accept(copy));
      return copy;
    }
  }

  private final HeirsConfig config;
  private final SortedMap<Long, byte[]> records = new TreeMap<>();
  private final Map<Long, SortedMap<Long, SortedMap<Long, byte[]>>> history = new HashMap<>();
  private final Map<WorkerId, Heir> heirs = new LinkedHashMap<>();
  private final Set<WorkerId> proposed = new LinkedHashSet<>();
  private final List<Envelope> network = new ArrayList<>();
  private RecordLog log;
  private long epoch = 1;
  private long batch;
  private long nowNs = Long.MAX_VALUE - 1_000;
  private int version;
  private int successions;

  /// The batch that all heirs are to have because of what has not waited for them.
  private long letGo;

  private boolean changed;

  HeirWorld(HeirsConfig config) {
    this.config = config;
    log = newLog();
  }

  private RecordLog newLog() {
    history.put(epoch, new TreeMap<>());
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
    RecordLog.Out out = (heir, message) -> network.add(new Envelope(heir, message));
    return new RecordLog(ESTATE, epoch, config, source, out, MOST_LACKING);
  }

  int successions() {
    return successions;
  }

  void set(long key, int length) {
    changed = true;
    records.put(key, ByteBuffer.allocate(4 + length).putInt(++version).array());
    log.changed(key);
  }

  void touch(long key) {
    changed = true;
    log.changed(key);
  }

  void remove(long key) {
    changed = true;
    records.remove(key);
    log.changed(key);
  }

  void cut() {
    log.cut(++batch, nowNs);
    changed = false;
    cutsOf(epoch).put(batch, new TreeMap<>(records));
    assertThat(log.dirty()).isFalse();
  }

  void join(int number) {
    heirs.computeIfAbsent(worker(number), _ -> new Heir(config.imageBytes()));
    follow();
  }

  void leave(int number) {
    heirs.remove(worker(number));
    proposed.remove(worker(number));
    follow();
  }

  /// The server proposes to the membership log those that may be full.
  void propose() {
    proposed.addAll(log.complete());
  }

  /// The membership log takes what was proposed: the server may not know of it when it dies.
  void promote() {
    for (WorkerId worker : proposed) {
      Heir heir = heirs.get(worker);
      if (heir != null) {
        heir.full = true;
      }
    }
    proposed.clear();
  }

  private Heir heir(WorkerId worker) {
    return Objects.requireNonNull(heirs.get(worker));
  }

  private SortedMap<Long, SortedMap<Long, byte[]>> cutsOf(long ofEpoch) {
    return Objects.requireNonNull(history.get(ofEpoch));
  }

  private SortedMap<Long, byte[]> at(long ofEpoch, long ofBatch) {
    return Objects.requireNonNull(cutsOf(ofEpoch).get(ofBatch));
  }

  /// The server follows the membership log.
  void follow() {
    log.follow(named(false), named(true));
  }

  private List<WorkerId> named(boolean full) {
    List<WorkerId> named = new ArrayList<>();
    heirs.forEach((worker, heir) -> {
      if (heir.full == full) {
        named.add(worker);
      }
    });
    return named;
  }

  void pass(long ns) {
    nowNs += ns;
    log.repeat(nowNs);
    long dueNs = log.repeatDueNs();
    assertThat(dueNs == Long.MAX_VALUE || dueNs - nowNs > 0).isTrue();
  }

  void lose(int which) {
    if (!network.isEmpty()) {
      network.remove(which % network.size());
    }
  }

  void repeat(int which) {
    if (!network.isEmpty()) {
      network.add(network.get(which % network.size()));
    }
  }

  void deliver(int which) {
    if (!network.isEmpty()) {
      arrive(network.remove(which % network.size()));
    }
  }

  private void arrive(Envelope envelope) {
    HeirMessage message = HeirCodec.read(HeirCodec.write(envelope.message));
    assertThat(message).isEqualTo(envelope.message);
    switch (message) {
      case Part part -> {
        Heir heir = heirs.get(envelope.heir);
        if (heir != null) {
          heir.done.add(image -> image.arrived(part));
          HeirMessage answer = heir.image.arrived(part);
          assertJournal(heir, heir.journal.arrived(part), answer);
          if (answer != null) {
            network.add(new Envelope(envelope.heir, answer));
          }
        }
      }
      case Received received -> log.received(envelope.heir, received, nowNs);
      case Declined declined -> log.declined(envelope.heir, declined);
    }
  }

  /// The server dies. Its first full heir follows it, if there is one.
  void die() {
    List<WorkerId> full = named(true);
    if (full.isEmpty()) {
      return;
    }
    checkBeyond();
    EstateImage image = heir(full.getFirst()).image;
    for (WorkerId other : full.subList(1, full.size())) {
      complete(image, heir(other).image);
    }
    long held = log.held();
    if (held > 0) {
      assertThat(image.epoch()).isEqualTo(epoch);
      assertHolds(image, held);
    }
    if (letGo > 0) {
      assertThat(image.epoch()).isEqualTo(epoch);
      assertHolds(image, letGo);
    }
    letGo = 0;
    changed = false;
    records.clear();
    records.putAll(image.records());
    heirs.remove(full.getFirst());
    proposed.clear();
    network.removeIf(envelope -> envelope.message instanceof Part);
    epoch++;
    batch = 0;
    log = newLog();
    follow();
    successions++;
  }

  /// Of any two full heirs, each can complete its image by what the other has beyond.
  void checkBeyond() {
    for (WorkerId one : named(true)) {
      for (WorkerId two : named(true)) {
        EstateImage image = heir(one).copy(config.imageBytes());
        EstateImage other = heir(two).image;
        long bestEpoch = Math.max(image.epoch(), other.epoch());
        long bestBatch =
            Math.max(
                image.epoch() == bestEpoch ? image.batch() : 0,
                other.epoch() == bestEpoch ? other.batch() : 0);
        complete(image, other);
        assertThat(image.epoch()).isEqualTo(bestEpoch);
        assertThat(image.batch()).isEqualTo(bestBatch);
        assertImage(image);
      }
    }
  }

  private static void complete(EstateImage image, EstateImage other) {
    WireWriter out = new WireWriter(16);
    other.beyond().write(out);
    Beyond read = Beyond.read(new WireReader(out.toBytes()));
    assertThat(read).isEqualTo(other.beyond());
    image.complete(read);
  }

  /// What must hold at any time.
  void check() {
    long held = log.held();
    letGo = Math.max(letGo, held == Long.MAX_VALUE ? batch + (changed ? 1 : 0) : held);
    heirs
        .values()
        .forEach(heir -> {
          EstateImage image = heir.image;
          assertImage(image);
          assertThat(image.bytes() + image.stagedBytes()).isLessThanOrEqualTo(config.imageBytes());
          if (heir.full && held > 0) {
            assertThat(image.epoch()).isEqualTo(epoch);
            assertHolds(image, held);
          }
        });
    long most =
        Math.max(
            config.windowBytes(), Feed.PART_BYTES + Math.max(config.partBytes(), LONGEST + 20));
    assertThat(log.inFlightBytes()).isLessThanOrEqualTo(most * heirs.size());
    // A key more for each change since a follower was last looked at, which happens at a cut.
    assertThat(log.lackingKeys()).isLessThanOrEqualTo((long) (2 * KEYS + 1) * (heirs.size() + 1));
  }

  /// A journal that is told the same as an heir answers the same and has the same image, but that
  /// it never lacks room.
  private void assertJournal(Heir heir, @Nullable Received kept, @Nullable HeirMessage answer) {
    EstateImage image = heir.journal.image();
    if (image != null) {
      assertSame(image.records(), at(image.epoch(), image.batch()));
    }
    heir.declined |= answer instanceof Declined;
    if (!heir.declined) {
      assertThat(kept).isEqualTo(answer);
      assertThat(image == null ? 0 : image.batch()).isEqualTo(heir.image.batch());
      assertThat(image == null ? 0 : image.epoch()).isEqualTo(heir.image.epoch());
    }
  }

  private void assertImage(EstateImage image) {
    if (image.batch() == 0) {
      assertThat(image.records()).isEmpty();
      assertThat(image.bytes()).isZero();
    } else {
      assertSame(image.records(), at(image.epoch(), image.batch()));
    }
  }

  /// The image is at the batch or a later one, or nothing of what it lacks is left at the batch.
  private void assertHolds(EstateImage image, long held) {
    assertThat(image.batch()).isPositive();
    if (image.batch() < held) {
      assertSame(image.records(), at(epoch, held));
    }
  }

  private static void assertSame(SortedMap<Long, byte[]> one, SortedMap<Long, byte[]> other) {
    assertThat(one.keySet()).isEqualTo(other.keySet());
    one.forEach((key, record) -> assertThat(Arrays.equals(record, other.get(key))).isTrue());
  }

  /// Nothing is lost any more: soon everybody who has room has everything, and remembers nothing
  /// else, and nothing more is sent.
  void quiesce() {
    follow();
    for (int rounds = 0;
        log.dirty() || !network.isEmpty() || log.repeatDueNs() != Long.MAX_VALUE;
        rounds++) {
      assertThat(rounds).isLessThan(2_000);
      if (log.dirty()) {
        cut();
      }
      for (int i = network.size(); i > 0; i--) {
        deliver(0);
      }
      check();
      pass(config.repeatNs() / 3);
    }
    List<WorkerId> declined = log.declined();
    heirs.forEach((worker, heir) -> {
      if (!declined.contains(worker)) {
        assertThat(heir.image.epoch()).isEqualTo(epoch);
        assertSame(heir.image.records(), records);
      }
    });
    if (declined.isEmpty()) {
      assertThat(log.complete()).containsExactlyInAnyOrderElementsOf(named(false));
      assertThat(log.held()).isEqualTo(heirs.isEmpty() ? Long.MAX_VALUE : batch);
      long bytes = records.values().stream().mapToLong(record -> record.length + ENTRY_BYTES).sum();
      heirs
          .values()
          .forEach(heir -> {
            assertThat(heir.image.bytes()).isEqualTo(bytes);
            assertThat(heir.image.stagedBytes()).isZero();
          });
    }
    assertThat(log.inFlightBytes()).isZero();
    assertThat(log.lackingKeys()).isZero();
  }

  static WorkerId worker(int number) {
    return new WorkerId(number, 1);
  }
}
