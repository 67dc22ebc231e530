package dev.deed.futures.runtime;

import dev.deed.JournalException;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.ownership.Event;
import dev.deed.ownership.NamedCopies;
import dev.deed.ownership.StoredObject;
import dev.deed.ownership.heirs.Beyond.Change;
import dev.deed.ownership.heirs.DiskHeir;
import dev.deed.ownership.heirs.EstateImage;
import dev.deed.ownership.heirs.HeirMessage;
import dev.deed.transport.journal.Journal;
import dev.deed.transport.journal.JournalConfig;
import dev.deed.transport.journal.JournalLine;
import dev.deed.transport.store.BulkDialer;
import dev.deed.transport.store.FileStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The journal of a job's estate as an heir of it, which is told the record log by its server in
/// the same process. Thread-safe, but [#restored].
final class JournalHeir implements AutoCloseable {
  /*
   * State: in the journal a record under each key of the record log (8 bytes), and under two more the image's
   * epoch and batch, and what job it is.
   * Threads: the journal's own writes, in the order of the parts; answers go to the core from it.
   * Failure: a journal that can't be written says so once; it answers nothing any more, so nothing that waits
   * for heirs is done, and the session ends.
   */
  private static final byte[] HEAD = {'h'};
  private static final byte[] ABOUT = {'j'};
  private static final String VALUES = "values";

  /// More than a window of the record log: what is not taken is sent again.
  private static final long MOST_WAITING_BYTES = 8L << 20;

  /// A job whose estate is in a journal.
  ///
  /// @param estate the job's
  /// @param main the task that its main is
  record About(EstateId estate, TaskId main) {
    private byte[] bytes() {
      WireWriter out = new WireWriter(32);
      estate.write(out);
      main.write(out);
      return out.toBytes();
    }

    private static About read(byte[] bytes) {
      WireReader in = new WireReader(bytes);
      About about = new About(EstateId.read(in), TaskId.read(in));
      in.expectEnd();
      return about;
    }
  }

  private final JournalPlan plan;
  private final About about;
  private final Journal journal;
  private final WorkerId id;
  private final DiskHeir heir;
  private @Nullable EstateImage restored;
  private boolean cut;
  private final NamedCopies named;

  /// Null where no stored values are kept: then records are not looked into.
  private @Nullable KeptValues values;

  private volatile @Nullable JournalLine line;
  private volatile Consumer<Event> answers = _ -> {};

  private JournalHeir(
      JournalPlan plan, About about, Journal journal, @Nullable EstateImage restored) {
    this.plan = plan;
    this.about = about;
    this.journal = journal;
    this.restored = restored;
    this.id = ClusterSession.newId();
    this.heir = new DiskHeir(about.estate);
    this.named = new NamedCopies(about.estate);
  }

  /// Opens the journal that is in the plan's directory, or begins one for a job. Throws
  /// [JournalException].
  static JournalHeir openOrCreate(JournalPlan plan, About about) {
    Path directory = plan.directory();
    try {
      return Journal.isIn(directory)
          ? open(plan, about)
          : begun(
              plan, Journal.create(directory, about.estate, JournalConfig.defaults()), about, null);
    } catch (IOException | MalformedException e) {
      throw failed(e);
    }
  }

  /// Opens the journal that is in a directory. If the first job there ended before anything was
  /// kept of it, `about` takes its place.
  private static JournalHeir open(JournalPlan plan, About about) throws IOException {
    Journal opened = Journal.open(plan.directory(), JournalConfig.defaults());
    boolean done = false;
    try {
      SortedMap<Long, byte[]> records = new TreeMap<>();
      Map<Byte, byte[]> others = new HashMap<>();
      opened.forEach((key, record) -> {
        if (key.length == Long.BYTES) {
          records.put(ByteBuffer.wrap(key).getLong(), record);
        } else {
          others.put(key[0], record);
        }
      });
      byte[] head = others.get(HEAD[0]);
      byte[] job = others.get(ABOUT[0]);
      JournalHeir heir;
      if (head == null || job == null) {
        heir = begun(plan, opened, about, null);
      } else {
        About kept = About.read(job);
        heir = begun(plan, opened, kept, DiskHeir.image(kept.estate, head, records));
      }
      done = true;
      return heir;
    } finally {
      if (!done) {
        opened.close();
      }
    }
  }

  /// From here on it is known which job it is, also when nothing else was kept.
  private static JournalHeir begun(
      JournalPlan plan, Journal journal, About about, @Nullable EstateImage image)
      throws IOException {
    boolean done = false;
    try {
      journal.begin();
      journal.set(ABOUT, about.bytes());
      journal.commit();
      journal.sync();
      done = true;
      return new JournalHeir(plan, about, journal, image);
    } finally {
      if (!done) {
        journal.close();
      }
    }
  }

  private static JournalException failed(Exception e) {
    return new JournalException(String.valueOf(e.getMessage()), e);
  }

  About about() {
    return about;
  }

  /// Under which the core knows it.
  WorkerId id() {
    return id;
  }

  /// The image that was read; empty if nothing was kept. Given once, so that it is kept once.
  Optional<EstateImage> restored() {
    Optional<EstateImage> read = Optional.ofNullable(restored);
    restored = null;
    return read;
  }

  /// Keeps stored values as well, in files beside the records. Those that were kept before are
  /// served by `own` from here on. To be called before [#restored] and [#start]. Throws
  /// [JournalException].
  ///
  /// @return the values that were kept before
  List<StoredObject> keepValues(FileStore own, BulkDialer dialer) throws IOException {
    EstateImage image = restored;
    List<StoredObject> stored = image == null ? List.of() : StoredObject.of(about.estate, image);
    boolean done = false;
    try {
      named.restored(stored);
      KeptValues opened =
          KeptValues.open(plan.directory().resolve(VALUES), plan.valueBytes(), stored, own, dialer);
      values = opened;
      List<StoredObject> found = opened.lendTo(own);
      done = true;
      return found;
    } finally {
      if (!done) {
        close();
      }
    }
  }

  /// Begins to write: answers go to `core`; `broken` is told, once, that it can't go on.
  void start(Consumer<Event> core, Consumer<JournalException> broken) {
    line = new JournalLine(journal, plan.sync(), MOST_WAITING_BYTES, e -> broken.accept(failed(e)));
    answers = core;
    core.accept(new Event.JournalOpened(about.estate, id));
  }

  /// The server of the estate has sent a part of it.
  void replicate(HeirMessage message) {
    JournalLine open = line;
    if (open != null && message instanceof HeirMessage.Part part) {
      Answer answer = new Answer();
      open.submit(
          part.records().length,
          to -> write(to, part, answer),
          () -> {
            if (answer.message != null) {
              answers.accept(new Event.Replicated(id, answer.message));
            }
            if (values != null && answer.cut != null && !answer.cut.isEmpty()) {
              values.follow(answer.cut);
            }
          });
    }
  }

  /// What is to be said when it is kept.
  private static final class Answer {
    private @Nullable HeirMessage message;
    private NamedCopies.@Nullable Cut cut;
  }

  private void write(Journal to, HeirMessage.Part part, Answer answer) throws IOException {
    DiskHeir.Step step = heir.arrived(part);
    if (step == null) {
      return;
    }
    answer.message = step.answer();
    boolean nothing =
        step.begins() == DiskHeir.Begins.CUT && step.complete() && step.changes().isEmpty();
    if (nothing) {
      // The same records as at the cut before.
      return;
    }
    switch (step.begins()) {
      case NOTHING -> {}
      case CUT -> {
        to.begin();
        named.begin(false);
      }
      case ANEW -> {
        named.begin(true);
        if (cut) {
          to.abort();
        }
        to.begin();
        to.clear();
        to.set(ABOUT, about.bytes());
      }
    }
    cut |= step.begins() != DiskHeir.Begins.NOTHING;
    for (Change change : step.changes()) {
      byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(change.key()).array();
      byte[] record = change.record();
      if (record == null) {
        to.remove(key);
      } else {
        to.set(key, record);
      }
      if (values != null) {
        named.change(change.key(), record);
      }
    }
    if (step.complete()) {
      to.set(HEAD, heir.head());
      to.commit();
      cut = false;
      answer.cut = named.end();
    }
  }

  @Override
  public void close() throws IOException {
    JournalLine open = line;
    // The lock is the journal's: nobody may use the directory before both are done.
    try (Closeable _ = open == null ? journal : open) {
      KeptValues kept = values;
      if (kept != null) {
        kept.close();
      }
    }
  }
}
