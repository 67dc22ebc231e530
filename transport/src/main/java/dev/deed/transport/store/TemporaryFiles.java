package dev.deed.transport.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The files of a store's directory that have no name of a value yet. Thread-safe.
final class TemporaryFiles {
  private static final String PREFIX = ".writing-";

  private final Path directory;
  private final boolean synced;
  private final AtomicInteger idleMappings;
  private final AtomicLong nextName = new AtomicLong();

  /// @param synced whether values are to be on the device before they get their names
  TemporaryFiles(Path directory, boolean synced, AtomicInteger idleMappings) {
    this.directory = directory;
    this.synced = synced;
    this.idleMappings = idleMappings;
  }

  /// A name that no file has.
  Path next() {
    return directory.resolve(PREFIX + nextName.getAndIncrement());
  }

  /// A file for a value of this size, if it is known. Throws [OutOfSpaceException] where the device
  /// has no room for it.
  Medium medium(OptionalLong size) throws IOException {
    long wanted = size.orElse(0);
    if (wanted > 0 && Files.getFileStore(directory).getUsableSpace() < wanted) {
      throw new OutOfSpaceException(wanted + " bytes wanted in " + directory);
    }
    return new FileMedium(directory, next(), idleMappings, synced);
  }

  /// Removes all that are there.
  void removeAll() throws IOException {
    for (Path file : HostDirectory.children(directory)) {
      if (String.valueOf(file.getFileName()).startsWith(PREFIX)) {
        Files.deleteIfExists(file);
      }
    }
  }
}
