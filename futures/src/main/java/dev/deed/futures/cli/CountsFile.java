package dev.deed.futures.cli;

import dev.deed.futures.runtime.CallTally;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// The file in which a program's JVM tells `deed run` how many of its calls have ended: two longs,
/// those that ended and those that were made. It is there if somebody wants to know.
final class CountsFile {
  /// How often it is written and read.
  static final Duration PERIOD = Duration.ofMillis(200);

  private static final String NAME = "counts";
  private static final int BYTES = 2 * Long.BYTES;

  private CountsFile() {}

  /// Makes it, for a program that is still to be started.
  static RandomAccessFile make(Path folder) throws IOException {
    RandomAccessFile file = new RandomAccessFile(folder.resolve(NAME).toFile(), "rw");
    write(file, 0, 0);
    return file;
  }

  /// In the program's JVM: has it written, if it is there, until the process ends.
  static void follow(Path folder) throws IOException {
    if (Files.exists(folder.resolve(NAME))) {
      RandomAccessFile file = new RandomAccessFile(folder.resolve(NAME).toFile(), "rw");
      CallTally.follow(PERIOD, (ended, made) -> tell(file, ended, made));
    }
  }

  private static void tell(RandomAccessFile file, long ended, long made) {
    try {
      write(file, ended, made);
    } catch (IOException e) {
      // The program goes on without a bar that moves.
      System.getLogger("dev.deed").log(System.Logger.Level.DEBUG, "The bar of deed run stops", e);
    }
  }

  private static void write(RandomAccessFile file, long ended, long made) throws IOException {
    // No channel: one of those would be closed for good by a thread that is interrupted.
    file.seek(0);
    file.write(ByteBuffer.allocate(BYTES).putLong(ended).putLong(made).array());
  }

  /// Shows what it says now.
  static void show(RandomAccessFile file, Progress progress) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    file.seek(0);
    file.readFully(bytes.array());
    long ended = bytes.getLong(0);
    long made = bytes.getLong(Long.BYTES);
    if (made > 0) {
      // The two may be of two writes.
      progress.at(Math.min(ended, made), made);
    }
  }
}
