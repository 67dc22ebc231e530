package dev.deed.futures.runtime;

import dev.deed.JournalException;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.NamedCopies.Cut;
import dev.deed.ownership.StoredObject;
import dev.deed.transport.Threads;
import dev.deed.transport.store.BulkDialer;
import dev.deed.transport.store.FileStore;
import dev.deed.transport.store.KeptStore;
import dev.deed.transport.store.PullResult;
import dev.deed.transport.store.StoreKey;
import dev.deed.transport.store.StoredCopy;
import dev.deed.transport.store.TransferClient;
import dev.deed.transport.store.TransferConfig;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Copies of the stored values of a job's estate in files beside its journal, which a next driver
/// reads. Thread-safe.
final class KeptValues implements AutoCloseable {
  /*
   * State: what cuts have said and nobody has looked at yet; values to be copied, in order; copies under
   * way; values for which there is no room now.
   * Threads: one, which begins copies and removes files; the copies have threads of their own.
   * Invariants: nothing that anybody is told depends on a file here.  A file is removed only when the
   * cut that names it no more is kept in the journal; so a journal never names less than it could read.
   * Bounds: everything here is named by records, which the estate has anyway; the files by their bytes.
   * Failure: a value that can't be had, or for which there is no room, is not kept.  It is tried again when
   * its record changes (its holders are others then), or when there is room.
   */
  private static final System.Logger LOG = System.getLogger("dev.deed");

  /// Values that are copied at once: no more than the disk can use.
  private static final int AT_ONCE = 2;

  /// How many of the values that wait are looked at for one that there is room for.
  private static final int LOOKED_AT = 64;

  /// What is to become of a copy: null for its removal.
  private record News(@Nullable StoredObject object) {}

  /// A copy under way.
  private static final class Copying {
    final StoredObject object;
    boolean dropped;

    /// What its record has said since.
    @Nullable StoredObject later;

    Copying(StoredObject object) {
      this.object = object;
    }
  }

  private final KeptStore store;
  private final long mostBytes;
  private final TransferClient client;
  private final List<StoredObject> found;
  private final Thread thread;

  // Guarded by this.
  private Map<CopyName, News> news = new LinkedHashMap<>();
  private Map<CopyName, PullResult> ended = new LinkedHashMap<>();
  private boolean closing;
  private boolean idle;

  // Of the thread.
  private final Map<CopyName, StoredObject> wanted = new LinkedHashMap<>();
  private final Map<CopyName, Copying> underWay = new HashMap<>();

  /// Whether the device had no room when it was last asked.
  private boolean full;

  private boolean toldOfRoom;
  private boolean unsynced;

  private KeptValues(
      KeptStore store, long mostBytes, TransferClient client, List<StoredObject> found) {
    this.store = store;
    this.mostBytes = mostBytes;
    this.client = client;
    this.found = found;
    this.thread = Thread.ofPlatform().daemon().name("deed-journal-values").start(this::run);
  }

  /// Opens the files beside a journal. Of those that its image names the good ones are kept; the
  /// others are removed.
  ///
  /// @param mostBytes of all files
  /// @param named the stored values of the image
  /// @param own the store of this process
  /// @throws JournalException if the directory can't be used
  static KeptValues open(
      Path directory, long mostBytes, List<StoredObject> named, FileStore own, BulkDialer dialer) {
    Map<StoreKey, StoredCopy> wanted = new HashMap<>();
    named.forEach(object -> wanted.put(key(object.copy()), about(object)));
    try {
      List<String> givenUp = new ArrayList<>();
      KeptStore store = KeptStore.open(directory, mostBytes, own, wanted, givenUp::add);
      if (!givenUp.isEmpty()) {
        LOG.log(
            Level.WARNING,
            "%d stored values of the journal are made again, since their files can't be used: %s"
                .formatted(givenUp.size(), givenUp.getFirst()));
      }
      // Of the connections that a worker accepts from this process one is for this.
      TransferConfig config = TransferConfig.defaults().withClient(AT_ONCE, 1);
      List<StoredObject> found =
          named.stream().filter(object -> store.about(key(object.copy())).isPresent()).toList();
      return new KeptValues(store, mostBytes, new TransferClient(store, dialer, config), found);
    } catch (IOException e) {
      throw new JournalException(
          "the stored values of the journal in %s can't be kept: %s"
              .formatted(directory, e.getMessage()),
          e);
    }
  }

  private static StoreKey key(CopyName name) {
    return SharedCopies.key(name);
  }

  private static StoredCopy about(StoredObject object) {
    return new StoredCopy(key(object.copy()), object.value().size(), object.value().digest());
  }

  /// Has `own` serve the values that were found. Returns these.
  List<StoredObject> lendTo(FileStore own) throws IOException {
    for (StoredObject object : found) {
      own.lend(store, key(object.copy()));
    }
    return found;
  }

  /// A cut is kept in the journal.
  synchronized void follow(Cut cut) {
    idle = false;
    for (CopyName name : cut.dropped()) {
      news.put(name, new News(null));
    }
    for (StoredObject object : cut.named()) {
      news.put(object.copy(), new News(object));
    }
    notifyAll();
  }

  private synchronized void ended(CopyName name, PullResult result) {
    ended.put(name, result);
    notifyAll();
  }

  private void run() {
    while (true) {
      Map<CopyName, News> arrived;
      Map<CopyName, PullResult> copied;
      synchronized (this) {
        if (!awaitWork()) {
          return;
        }
        arrived = news;
        news = new LinkedHashMap<>();
        copied = ended;
        ended = new LinkedHashMap<>();
      }
      try {
        copied.forEach(this::copied);
        arrived.forEach(this::heard);
        begin();
        sync();
      } catch (IOException e) {
        LOG.log(Level.WARNING, "A stored value of the journal may not be kept: " + e.getMessage());
      }
    }
  }

  /// Waits until there is something to do; false at the end.
  private synchronized boolean awaitWork() {
    try {
      while (!closing && news.isEmpty() && ended.isEmpty()) {
        idle = underWay.isEmpty();
        notifyAll();
        wait();
      }
      return !closing;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void heard(CopyName name, News what) {
    StoredObject object = what.object;
    Copying copying = underWay.get(name);
    if (object == null) {
      wanted.remove(name);
      if (copying == null) {
        delete(name);
      } else {
        copying.dropped = true;
        client.cancel(key(name));
      }
    } else if (copying != null) {
      copying.later = object;
    } else if (store.about(key(name)).isEmpty()) {
      full = false;
      wanted.put(name, object);
    }
  }

  private void copied(CopyName name, PullResult result) {
    Copying copying = Objects.requireNonNull(underWay.remove(name));
    switch (result) {
      case PullResult.Stored _ -> {
        unsynced = true;
        if (copying.dropped) {
          delete(name);
        }
      }
      case PullResult.Failed(var reason, String why) -> {
        LOG.log(Level.DEBUG, () -> "not kept: " + name + ": " + reason + ", " + why);
        if (copying.dropped) {
          return;
        }
        if (reason == PullResult.Reason.OUT_OF_SPACE) {
          full = true;
          tellOfRoom(why);
          wanted.put(name, copying.object);
        } else if (copying.later != null) {
          wanted.put(name, copying.later);
        }
      }
    }
  }

  private void delete(CopyName name) {
    try {
      if (store.delete(key(name))) {
        full = false;
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "A value of the journal can't be removed: " + e.getMessage());
    }
  }

  private void begin() {
    List<StoredObject> next = new ArrayList<>();
    long room = store.freeBytes();
    Iterator<StoredObject> each = wanted.values().iterator();
    for (int i = 0; i < LOOKED_AT && each.hasNext() && !full; i++) {
      StoredObject object = each.next();
      long bytes = object.value().size();
      if (underWay.size() + next.size() >= AT_ONCE) {
        break;
      }
      if (bytes <= room) {
        room -= bytes;
        next.add(object);
        each.remove();
      } else {
        tellOfRoom(bytes + " bytes wanted, " + room + " of " + mostBytes + " left");
        if (bytes > mostBytes) {
          each.remove();
        }
      }
    }
    next.forEach(this::copy);
  }

  private void copy(StoredObject object) {
    underWay.put(object.copy(), new Copying(object));
    StoredCopy about = about(object);
    var _ =
        client
            .pull(about.key(), about.size(), about.digest(), object.holders())
            .whenComplete((result, _) -> ended(object.copy(), result));
  }

  private void tellOfRoom(String why) {
    if (!toldOfRoom) {
      toldOfRoom = true;
      LOG.log(
          Level.WARNING,
          "Not all stored values are kept with the journal ("
              + why
              + "); what is not is made again after a restart. --journal-values allows more.");
    }
  }

  private void sync() throws IOException {
    if (unsynced) {
      unsynced = false;
      store.syncNames();
    }
  }

  /// Waits until all that there is room for is copied, as far as it can be had.
  synchronized void awaitIdle() throws InterruptedException {
    while (!idle) {
      wait();
    }
  }

  /// Ends the copying; what is copied stays.
  @Override
  public void close() throws IOException {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    Threads.join(thread);
    // First, so that a long copy from file to file ends with its block.
    store.close();
    client.close();
  }
}
