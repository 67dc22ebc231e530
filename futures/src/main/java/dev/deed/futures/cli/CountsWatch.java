package dev.deed.futures.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// Moves the bar of a program that runs in another process, until it is closed.
final class CountsWatch implements AutoCloseable {
  private final Progress progress;
  private final RandomAccessFile file;
  private boolean closed;

  private CountsWatch(Progress progress, RandomAccessFile file) {
    this.progress = progress;
    this.file = file;
  }

  /// To be called before the program is started. Does nothing if no bar is shown.
  static AutoCloseable start(Progress progress, Path folder) {
    if (!progress.isShown()) {
      return () -> {};
    }
    try {
      CountsWatch watch = new CountsWatch(progress, CountsFile.make(folder));
      Thread.ofVirtual().name("program-counts").start(watch::run);
      return watch;
    } catch (IOException e) {
      throw CommandException.failure(
          "the file that the bar is read from can't be made in "
              + folder
              + " ("
              + e.getMessage()
              + "): make room there, or give --no-progress.",
          e);
    }
  }

  private void run() {
    while (show()) {
      LockSupport.parkNanos(this, CountsFile.PERIOD.toNanos());
    }
  }

  /// Returns whether there will be more to show.
  private synchronized boolean show() {
    if (closed) {
      return false;
    }
    try {
      CountsFile.show(file, progress);
      return true;
    } catch (IOException e) {
      // The bar stands still; the program is not concerned.
      System.getLogger("dev.deed").log(System.Logger.Level.DEBUG, "The bar can't be moved", e);
      return false;
    }
  }

  /// Shows the last counts.
  @Override
  public synchronized void close() throws IOException {
    show();
    closed = true;
    file.close();
  }
}
