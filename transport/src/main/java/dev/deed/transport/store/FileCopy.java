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

  /// @param path where the file is now: under a temporary name until [#publish()]
  FileCopy(StoredCopy about, Path path, Path directory, AtomicInteger idleMappings) {
    this.about = about;
    this.path = path;
    this.sealedPath = directory.resolve(about.key().fileName());
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
      try (FileChannel file = FileMedium.open(path)) {
        FileFormat.Frame frame = frame(file);
        MemorySegment bytes =
            file.map(MapMode.READ_ONLY, FileFormat.DATA_OFFSET, about.size(), arena);
        return new SharedBytes.Loaded(bytes, frame.hashes());
      } catch (NoSuchFileException e) {
        throw new CorruptValueException("the file of " + about.key() + " is gone", e);
      }
    });
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
    FileChannel file;
    try {
      file = FileMedium.open(path);
    } catch (NoSuchFileException _) {
      return Optional.empty(); // removed meanwhile
    }
    try {
      long[] hashes = frame(file).hashes();
      return Optional.of(new BlockSource.Whole(about, hashes, new FileMedium.FileReader(file)));
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public void remove() throws IOException {
    shared.remove();
    Files.deleteIfExists(path);
  }
}
