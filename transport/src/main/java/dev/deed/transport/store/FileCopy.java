package dev.deed.transport.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// A sealed value in a file of the worker's own directory.
final class FileCopy implements Copy {
  private final StoredCopy about;
  private final SharedBytes shared;
  private volatile Path path;
  private final Path sealedPath;
  private final Path hiddenPath;

  /// @param path where the file is now: under a temporary name until [#publish()]
  FileCopy(StoredCopy about, Path path, Path directory, AtomicInteger idleMappings) {
    // Its own temporary name is free once it is sealed, and nobody else's.
    this(about, path, path, directory, idleMappings);
  }

  /// @param path where the file is now; it may have its final name already
  /// @param hiddenPath a name in the same directory that nothing else has
  FileCopy(
      StoredCopy about, Path path, Path hiddenPath, Path directory, AtomicInteger idleMappings) {
    this.about = about;
    this.path = path;
    this.sealedPath = directory.resolve(about.key().fileName());
    this.hiddenPath = hiddenPath;
    this.shared = new SharedBytes(this::map, idleMappings);
  }

  @Override
  public StoredCopy about() {
    return about;
  }

  @Override
  public void publish() throws IOException {
    Files.move(path, sealedPath, StandardCopyOption.ATOMIC_MOVE);
    path = sealedPath;
  }

  private SharedBytes.Loaded map(Arena arena) throws IOException {
    return Uninterrupted.call(() -> {
      try (FileChannel file = openFile()) {
        FileFormat.Frame frame = frame(file);
        MemorySegment bytes =
            file.map(MapMode.READ_ONLY, FileFormat.DATA_OFFSET, about.size(), arena);
        return new SharedBytes.Loaded(bytes, frame.hashes());
      }
    });
  }

  private FileChannel openFile() throws IOException {
    try {
      return FileMedium.open(path);
    } catch (NoSuchFileException e) {
      throw new CorruptValueException("the file of " + about.key() + " is gone", e);
    }
  }

  private FileFormat.Frame frame(FileChannel file) throws IOException {
    FileFormat.Frame frame = FileFormat.read(file, about.key());
    if (!frame.about().equals(about)) {
      throw new CorruptValueException("another value lies in the file of " + about.key());
    }
    return frame;
  }

  @Override
  public Optional<Sealed> open() throws IOException {
    return shared.acquire().map(loaded -> new OpenValue(about, shared, loaded));
  }

  @Override
  public Optional<BlockSource> source() throws IOException {
    return shared.unlessRemoved(() -> {
      FileChannel file = openFile();
      try {
        long[] hashes = frame(file).hashes();
        return new BlockSource.Whole(about, hashes, new FileMedium.FileReader(file));
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    });
  }

  @Override
  public void unload() {
    shared.remove();
  }

  @Override
  public void hide() throws IOException {
    // Readers come first: whoever opens the path now would find the next value of this name, or
    // none.
    shared.remove();
    try {
      Files.move(path, hiddenPath, StandardCopyOption.ATOMIC_MOVE);
      path = hiddenPath;
    } catch (NoSuchFileException _) {
      // Somebody removed the file; so it is gone.
    }
  }

  @Override
  public void remove() throws IOException {
    shared.remove();
    Files.deleteIfExists(path);
  }
}
