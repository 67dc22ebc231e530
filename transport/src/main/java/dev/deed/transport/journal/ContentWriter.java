package dev.deed.transport.journal;

import dev.deed.lineage.wire.WireWriter;
import java.io.IOException;
import java.util.Arrays;

/// Writes the changes of one cut, or of a base, as frames. Not thread-safe.
final class ContentWriter {
  /// The room on the disk.
  interface Room {
    /// Throws if there is none for so many bytes.
    void require(long mostBytes) throws IOException;

    /// So many bytes were written.
    void written(long bytes);
  }

  private static final byte[] NOTHING = {};

  private final Room room;
  private final WireWriter head = new WireWriter(Change.MOST_HEAD_BYTES);
  private byte[] content = new byte[1 << 12];
  private int length;
  private boolean first;

  ContentWriter(Room room) {
    this.room = room;
    begin();
  }

  /// Begins a cut; forgets what was not written.
  void begin() {
    length = 0;
    first = true;
  }

  /// Whether frames of the cut have been written.
  boolean hasWritten() {
    return !first;
  }

  /// A change, written when a frame is full. `cut` is the frames' cut, `kept` the record's, in a
  /// base.
  void add(int kind, byte[] key, byte[] record, long kept, FrameWriter to, long cut, long synced)
      throws IOException {
    head.clear();
    Change.writeHead(kind, key.length, record.length, kept, head);
    put(head.array(), head.length(), to, cut, synced);
    put(key, key.length, to, cut, synced);
    put(record, record.length, to, cut, synced);
  }

  /// A change without a record.
  void add(int kind, byte[] key, FrameWriter to, long cut, long synced) throws IOException {
    add(kind, key, NOTHING, 0, to, cut, synced);
  }

  /// Writes the last frame.
  void end(FrameWriter to, long cut, long synced) throws IOException {
    write(Frame.LAST, to, cut, synced);
  }

  private void put(byte[] bytes, int count, FrameWriter to, long cut, long synced)
      throws IOException {
    int from = 0;
    while (from < count) {
      if (length == Frame.CONTENT_BYTES) {
        write(0, to, cut, synced);
      } else if (length == content.length) {
        long more = Math.max(2L * length, (long) length + count - from);
        content = Arrays.copyOf(content, (int) Math.min(more, Frame.CONTENT_BYTES));
      }
      int part = Math.min(count - from, content.length - length);
      System.arraycopy(bytes, from, content, length, part);
      length += part;
      from += part;
    }
  }

  private void write(int flags, FrameWriter to, long cut, long synced) throws IOException {
    room.require((long) Frame.HEAD_BYTES + length);
    room.written(to.write(first ? flags | Frame.FIRST : flags, cut, synced, content, length));
    first = false;
    length = 0;
  }
}
