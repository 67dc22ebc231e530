package dev.deed.transport.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/// A directory in memory that keeps apart what is written from what is on the disk, and fails as
/// disks do.
final class FaultyFiles implements JournalFiles {
  private static final int SECTOR = 512;

  /// What happens at one of the next steps.
  enum Fault {
    /// The disk is full, from then on.
    FULL("No space left on device"),
    /// Nothing can be changed, from then on.
    READ_ONLY("Read-only file system"),
    /// One step fails. If it is a sync, what it should have synced never reaches the disk.
    BROKEN("Input/output error"),
    /// The machine stops: nothing can be done before [FaultyFiles#restart].
    STOP("the machine has stopped");

    private final String text;

    Fault(String text) {
      this.text = text;
    }
  }

  private static final class Content {
    private byte[] bytes = {};
    private int synced;

    /// From here on it is not on the disk, whatever is said of it.
    private int lostFrom = Integer.MAX_VALUE;

    private Content copy() {
      Content copy = new Content();
      copy.bytes = bytes.clone();
      copy.synced = synced;
      copy.lostFrom = lostFrom;
      return copy;
    }
  }

  private Map<String, Content> names = new TreeMap<>();
  private Map<String, Content> onDisk = new TreeMap<>();
  private Optional<Fault> coming = Optional.empty();
  private int stepsUntil;
  private boolean lasts;
  private boolean open;
  private int created;

  /// `fault` happens at the step after `steps` others.
  void fail(Fault fault, int steps) {
    coming = Optional.of(fault);
    stepsUntil = steps;
    lasts = false;
  }

  /// The disk works again.
  void mend() {
    coming = Optional.empty();
  }

  /// The process has ended: what it wrote stays.
  void endProcess() {
    open = false;
    mend();
  }

  /// The machine was restarted: what was not synced is there, or is not, or in part.
  void restart(Random random) {
    endProcess();
    Map<String, Content> after = new TreeMap<>();
    Map<String, Content> all = new TreeMap<>(onDisk);
    all.putAll(names);
    for (String name : all.keySet()) {
      Content content = (random.nextBoolean() ? names : onDisk).get(name);
      if (content != null) {
        after.put(name, crashed(content, random));
      }
    }
    names = after;
    onDisk = new TreeMap<>(after);
  }

  private static Content crashed(Content before, Random random) {
    int safe = Math.min(before.synced, before.lostFrom);
    int length = safe + random.nextInt(before.bytes.length - safe + 1);
    byte[] bytes = Arrays.copyOf(before.bytes, length);
    for (int at = safe; at < length; at = (at / SECTOR + 1) * SECTOR) {
      if (random.nextInt(4) == 0) {
        Arrays.fill(bytes, at, Math.min(length, (at / SECTOR + 1) * SECTOR), (byte) 0);
      }
    }
    Content after = new Content();
    after.bytes = bytes;
    after.synced = length;
    return after;
  }

  /// Another directory with the same files, all on the disk.
  FaultyFiles copy() {
    FaultyFiles copy = new FaultyFiles();
    names.forEach((name, content) -> copy.names.put(name, content.copy()));
    copy.onDisk.putAll(copy.names);
    return copy;
  }

  byte[] bytes(String name) {
    return present(name).bytes;
  }

  /// Puts other bytes in the place of a file's.
  void damage(String name, byte[] bytes) {
    present(name).bytes = bytes;
  }

  long totalBytes() {
    return names.values().stream().mapToLong(content -> content.bytes.length).sum();
  }

  /// How many files were ever made.
  int created() {
    return created;
  }

  private Content present(String name) {
    Content content = names.get(name);
    if (content == null) {
      throw new IllegalArgumentException(name);
    }
    return content;
  }

  private Optional<Fault> step() throws IOException {
    if (coming.isEmpty() || stepsUntil-- > 0) {
      return Optional.empty();
    }
    Fault fault = coming.get();
    if (fault == Fault.BROKEN) {
      coming = Optional.empty();
    } else {
      stepsUntil = 0;
      lasts = true;
    }
    return Optional.of(fault);
  }

  private void change() throws IOException {
    Optional<Fault> fault = step();
    if (fault.isPresent()) {
      throw new IOException(fault.get().text);
    }
  }

  private void read() throws IOException {
    if (coming.equals(Optional.of(Fault.STOP)) && lasts) {
      throw new IOException(Fault.STOP.text);
    }
  }

  /// Marks the directory as open, once.
  FaultyFiles opened() {
    if (open) {
      throw new IllegalStateException("the directory is still open");
    }
    open = true;
    return this;
  }

  @Override
  public List<String> names() throws IOException {
    read();
    return new ArrayList<>(names.keySet());
  }

  @Override
  public Output create(String name) throws IOException {
    change();
    Content content = new Content();
    if (names.putIfAbsent(name, content) != null) {
      throw new IOException("File exists: " + name);
    }
    created++;
    return new Output() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        Optional<Fault> fault = step();
        int taken = fault.isPresent() ? count / 2 : count;
        int from = content.bytes.length;
        content.bytes = Arrays.copyOf(content.bytes, from + taken);
        bytes.get(content.bytes, from, taken);
        if (fault.isPresent()) {
          throw new IOException(fault.get().text);
        }
      }

      @Override
      public void sync() throws IOException {
        Optional<Fault> fault = step();
        if (fault.isPresent()) {
          content.lostFrom = Math.min(content.lostFrom, content.synced);
          throw new IOException(fault.get().text);
        }
        content.synced = content.bytes.length;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Input open(String name) throws IOException {
    read();
    Content content = present(name);
    return new Input() {
      @Override
      public long size() {
        return content.bytes.length;
      }

      @Override
      public int read(long position, ByteBuffer into) throws IOException {
        FaultyFiles.this.read();
        int count = Math.min(into.remaining(), content.bytes.length - (int) position);
        if (count <= 0) {
          return -1;
        }
        into.put(content.bytes, (int) position, count);
        return count;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void rename(String from, String to) throws IOException {
    change();
    names.put(to, present(from));
    names.remove(from);
  }

  @Override
  public void delete(String name) throws IOException {
    change();
    names.remove(name);
  }

  @Override
  public void syncNames() throws IOException {
    change();
    onDisk = new TreeMap<>(names);
  }

  @Override
  public String place() {
    return "memory";
  }

  @Override
  public void close() {
    open = false;
  }
}
