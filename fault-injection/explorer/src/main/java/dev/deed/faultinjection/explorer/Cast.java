package dev.deed.faultinjection.explorer;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Mixing;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Payload;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.Value;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CoreConfig;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import dev.deed.ownership.heirs.HeirsConfig;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Who plays in a configuration, and what everything is called in stories.
final class Cast {
  /// How long an unused task lease is kept: much longer than anything else takes.
  static final long LEASE_IDLE_NS = 500_000_000L;

  private static final long STORE_BYTES = 1L << 20;
  private static final long LINEAGE_BYTES = 1L << 20;
  private static final int QUEUE_BOUND = 8;
  private static final int INLINE_LIMIT = 64;
  private static final long INLINE_TOTAL = 1 << 20;
  private static final int PART_BYTES = 1 << 16;
  private static final int WINDOW_BYTES = 1;
  private static final long IMAGE_BYTES = 1L << 20;

  /// After how long without an answer a part of a record log is sent again: shorter than a lease.
  private static final long REPEAT_NS = 50_000_000L;

  /// Bytes of a large value.
  static final long LARGE_BYTES = 1024;

  final Configuration configuration;
  final List<Member> members = new ArrayList<>();
  private final Map<WorkerId, Integer> places = new HashMap<>();
  private final Map<TaskId, String> tasks = new HashMap<>();

  Cast(Configuration configuration) {
    this.configuration = configuration;
    for (int i = 0; i < configuration.workers().size(); i++) {
      int cpus = configuration.workers().get(i).cpus();
      Demand capacity = cpus == 0 ? Demand.NONE : Demand.of(Map.of(Demand.CPU, (double) cpus));
      WorkerId id = new WorkerId((long) (i + 1) << 32, i + 1);
      members.add(new Member(id, "host" + i, "127.0.0.1", 7000 + i, i, cpus == 0, capacity));
      places.put(id, i);
    }
    new TreeMap<>(configuration.mains())
        .forEach((worker, script) -> {
          TaskId root = root(configuration.worker(worker));
          tasks.put(root, "main");
          name(root, configuration.scripts().get(configuration.script(script)));
        });
  }

  /// Calls and puts have the names of the variables that take them.
  private void name(TaskId parent, Script script) {
    int calls = 0;
    int puts = 0;
    for (Action action : script.actions()) {
      switch (action) {
        case Action.Submit submit -> {
          TaskId id = parent.call(0, calls++);
          tasks.put(id, unused(submit.into()));
          name(id, configuration.scripts().get(configuration.script(submit.script())));
        }
        case Action.Put put -> tasks.put(parent.put(0, puts++), unused(put.into()));
        default -> {}
      }
    }
  }

  private String unused(String wanted) {
    String name = wanted;
    for (int i = 2; tasks.containsValue(name); i++) {
      name = wanted + "-" + i;
    }
    return name;
  }

  int size() {
    return members.size();
  }

  /// The name of the main program of a worker.
  static TaskId root(int worker) {
    return TaskId.root(4711, worker);
  }

  WorkerId id(int worker) {
    return members.get(worker).id();
  }

  EstateId estate(int worker) {
    return new EstateId(id(worker));
  }

  int worker(WorkerId id) {
    Integer place = places.get(id);
    if (place == null) {
      throw new IllegalStateException("there is no worker " + id);
    }
    return place;
  }

  String name(int worker) {
    return configuration.workers().get(worker).name();
  }

  String name(WorkerId id) {
    return name(worker(id));
  }

  String name(EstateId estate) {
    return name(estate.creator());
  }

  String name(TaskId task) {
    return tasks.getOrDefault(task, task.toString());
  }

  String name(ObjectId object) {
    return name(object.task());
  }

  String name(Reference reference) {
    return name(reference.object());
  }

  /// A text with names in the place of ids.
  String readable(String text) {
    String readable = text;
    for (Map.Entry<TaskId, String> task : tasks.entrySet()) {
      String id = task.getKey().toString();
      readable = readable.replace(id + ".0", task.getValue()).replace(id, task.getValue());
    }
    for (int i = 0; i < members.size(); i++) {
      WorkerId id = id(i);
      readable = readable.replace(id.toString(), name(i)).replace(id.brief(), name(i));
    }
    return readable;
  }

  /// What is known from the start: all workers are members, except those that come late.
  List<Entry> joins() {
    List<Entry> joins = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      if (!configuration.workers().get(i).late()) {
        joins.add(new Entry.Join(members.get(i)));
      }
    }
    return joins;
  }

  CoreConfig config(int worker) {
    int cpus = configuration.workers().get(worker).cpus();
    return new CoreConfig(
        INLINE_LIMIT,
        INLINE_TOTAL,
        LINEAGE_BYTES,
        STORE_BYTES,
        cpus,
        QUEUE_BOUND,
        0,
        0,
        LEASE_IDLE_NS,
        heirs(worker),
        worker + 1L);
  }

  /// Batches end with each event, so that what a batch holds back is a letter that is slow.
  private HeirsConfig heirs(int worker) {
    Configuration.Heirs heirs = configuration.heirs();
    if (!heirs.wanted()) {
      return HeirsConfig.NONE;
    }
    int count = heirs.counts().getOrDefault(name(worker), 0);
    return new HeirsConfig(
        heirs.mode(), count, 0, PART_BYTES, WINDOW_BYTES, REPEAT_NS, IMAGE_BYTES);
  }

  /// The digest of an object's value: it follows from its name, so that whoever reads a value knows
  /// whether it is the right one.
  static long digest(ObjectId object) {
    return Mixing.mix(object.task().high(), object.task().low(), object.index());
  }

  static Value small(ObjectId object, List<Reference> inside) {
    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(digest(object)).array();
    return new Value(Payload.of(bytes), inside);
  }

  static boolean isRight(Value value, ObjectId object) {
    byte[] bytes = value.payload().bytes();
    return bytes.length == Long.BYTES && ByteBuffer.wrap(bytes).getLong() == digest(object);
  }
}
