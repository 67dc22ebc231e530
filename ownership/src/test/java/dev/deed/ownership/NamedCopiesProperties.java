package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireWriter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/// Who keeps what cuts name, and removes what they drop, has what the records name.
class NamedCopiesProperties {
  private static final EstateId ESTATE = new EstateId(new WorkerId(1, 1));
  private static final TaskSpec.Origin ORIGIN = new TaskSpec.Origin("put", "Main.java:3");

  private final Random random = new Random();
  private Map<Long, byte[]> records = new HashMap<>();
  private final Set<CopyName> kept = new HashSet<>();

  @Property(tries = 300)
  void whatIsKeptIsWhatTheRecordsName(@ForAll long seed) {
    random.setSeed(seed);
    NamedCopies named = new NamedCopies(ESTATE);
    records = new HashMap<>();
    kept.clear();
    for (int i = 0; i < 5; i++) {
      records.put((long) i, record(i));
    }
    kept.addAll(names());
    named.restored(
        records.values().stream().flatMap(r -> StoredObject.of(ESTATE, r).stream()).toList());
    boolean first = true;
    for (int cut = 0; cut < 20; cut++) {
      boolean fromNothing = first || random.nextInt(6) == 0;
      first = false;
      if (random.nextInt(4) == 0) {
        // One that is given up.
        named.begin(random.nextBoolean());
        named.change(random.nextInt(8), record(random.nextInt(8)));
      }
      named.begin(fromNothing);
      if (fromNothing) {
        records.clear();
      }
      for (int i = random.nextInt(6); i > 0; i--) {
        int number = random.nextInt(8);
        // One record at a time names an object; it may get another key.
        boolean moved = random.nextBoolean();
        change(named, moved ? number : number + 8, null);
        change(named, moved ? number + 8 : number, random.nextInt(3) == 0 ? null : record(number));
      }
      NamedCopies.Cut end = named.end();
      Set<CopyName> wanted = new HashSet<>();
      end.named().forEach(object -> wanted.add(object.copy()));
      assertThat(wanted).noneMatch(end.dropped()::contains);
      kept.removeAll(end.dropped());
      kept.addAll(wanted);
      assertThat(kept).isEqualTo(names());
    }
  }

  private void change(NamedCopies named, long key, byte @Nullable [] record) {
    named.change(key, record);
    if (record == null) {
      records.remove(key);
    } else {
      records.put(key, record);
    }
  }

  private Set<CopyName> names() {
    Set<CopyName> names = new HashSet<>();
    records
        .values()
        .forEach(
            record -> StoredObject.of(ESTATE, record).forEach(object -> names.add(object.copy())));
    return names;
  }

  /// A record of object `number`, or none that names a copy.
  private byte[] record(int number) {
    TaskId task = new TaskId(number, number);
    EstateRecord record =
        switch (random.nextInt(4)) {
          case 0 -> progress(task, random.nextInt(3));
          case 1 ->
              new EstateRecord.Ended(
                  task, task, ORIGIN, 1, 3, 7, progress(null, random.nextInt(3)));
          case 2 -> new EstateRecord.Put(task.result(0), task, ORIGIN, stored(), 1, true);
          default -> new EstateRecord.Applied(new WorkerId(3, 3), number);
        };
    WireWriter out = new WireWriter(64);
    record.write(out);
    return out.toBytes();
  }

  private EstateRecord.Progress progress(@Nullable TaskId task, int results) {
    return new EstateRecord.Progress(
        TaskRecord.State.DONE,
        1,
        1,
        1,
        true,
        false,
        null,
        null,
        task,
        IntStream.range(0, results).mapToObj(i -> new EstateRecord.Result(i, stored())).toList());
  }

  private EstateRecord.ObjectState stored() {
    WorkerId writer = new WorkerId(5, random.nextInt(2));
    StoredValue value = new StoredValue(random.nextInt(2), writer, 100, 1, List.of());
    return new EstateRecord.ObjectState(
        ObjectRecord.State.STORED, new Outcome.Stored(value, List.of(writer)), 1, Map.of());
  }
}
