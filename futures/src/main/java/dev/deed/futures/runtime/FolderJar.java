package dev.deed.futures.runtime;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.LocalDateTime;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Packs a folder of classes into a jar. Equal contents give equal bytes.
final class FolderJar {
  /// Most files of a folder.
  static final int MOST_FILES = 100_000;

  /// Most bytes of all files of a folder.
  static final long MOST_BYTES = 256L << 20;

  /// What no job brings along: Deed itself.
  private static final String OWN = "dev/deed";

  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final Path folder;
  private final Map<String, Path> files = new TreeMap<>();
  private long bytes;
  private boolean hasOwn;

  private FolderJar(Path folder) {
    this.folder = folder;
  }

  /// The files of `folder`. An [IOException] names it if they are too many or too large.
  static FolderJar of(Path folder) throws IOException {
    FolderJar jar = new FolderJar(folder);
    jar.find();
    return jar;
  }

  /// Whether there is nothing in it that a job could need: it is empty, or one of Deed's own.
  boolean isEmpty() {
    return files.isEmpty()
        || (hasOwn && files.keySet().stream().allMatch(name -> name.startsWith("META-INF/")));
  }

  private void find() throws IOException {
    Files.walkFileTree(
        folder,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            if (name(path).equals(OWN)) {
              hasOwn = true;
              return FileVisitResult.SKIP_SUBTREE;
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()) {
              add(path, attributes.size());
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void add(Path path, long size) throws IOException {
    files.put(name(path), path);
    bytes += size;
    if (bytes > MOST_BYTES || files.size() > MOST_FILES) {
      throw new IOException(
          "the folder "
              + folder
              + " of the class path has more than "
              + (MOST_BYTES >> 20)
              + " MiB or "
              + MOST_FILES
              + " files: keep classes in a folder of their own");
    }
  }

  private String name(Path path) {
    return folder.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
  }

  /// Writes the jar.
  void write(OutputStream to) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(to))) {
      for (Map.Entry<String, Path> file : files.entrySet()) {
        ZipEntry entry = new ZipEntry(file.getKey());
        // The time without a zone, so that it is the same everywhere.
        entry.setTimeLocal(NO_TIME);
        zip.putNextEntry(entry);
        Files.copy(file.getValue(), zip);
        zip.closeEntry();
      }
    }
  }
}
