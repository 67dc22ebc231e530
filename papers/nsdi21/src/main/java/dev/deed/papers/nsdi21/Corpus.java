package dev.deed.papers.nsdi21;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// A collection of text files on this machine: each regular file below a folder, or each file in a
/// zip.
///
/// The files are ordered by name (with `/` between folders, compared as strings), which numbers
/// them. Tasks get the corpus by path and read their part of it themselves: an implementation is
/// immutable and can be sent, such as a record.
public interface Corpus {

  /// One file: its name within the corpus and its size in bytes.
  record Member(String name, long bytes) {}

  /// An opened corpus; used by one thread.
  interface Source extends AutoCloseable {
    /// The bytes of a file; throws [IOException] if there is no such file.
    byte[] read(String name) throws IOException;

    @Override
    void close() throws IOException;
  }

  /// All files in their order.
  List<Member> members() throws IOException;

  /// Opens the corpus to read files.
  Source open() throws IOException;

  /// The corpus at `path`: a folder, or a zip file. Throws [FileNotFoundException] if it is
  /// neither.
  static Corpus at(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return new Folder(path.toAbsolutePath().toString());
    }
    if (!Files.isReadable(path)) {
      throw new FileNotFoundException("there is no folder or zip file to read at " + path);
    }
    return new Zip(path.toAbsolutePath().toString());
  }

  /// The source code of the JDK that runs this program, `lib/src.zip`. Throws
  /// [FileNotFoundException] if it was installed without.
  static Corpus ofJdk() throws IOException {
    Path zip = Path.of(System.getProperty("java.home"), "lib", "src.zip");
    if (!Files.isReadable(zip)) {
      throw new FileNotFoundException(
          "this JDK came without its source code ("
              + zip
              + "): install it (for example the package openjdk-25-source), or name another text");
    }
    return new Zip(zip.toString());
  }

  /// The files below a folder; symbolic links are not followed.
  record Folder(String path) implements Corpus {
    @Override
    public List<Member> members() throws IOException {
      Path root = Path.of(path);
      List<Member> members = new ArrayList<>();
      try (Stream<Path> walk = Files.walk(root)) {
        for (Path file : (Iterable<Path>) walk::iterator) {
          if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            String name = root.relativize(file).toString().replace('\\', '/');
            members.add(new Member(name, Files.size(file)));
          }
        }
      }
      members.sort(Comparator.comparing(Member::name));
      return members;
    }

    @Override
    public Source open() {
      Path root = Path.of(path);
      return new Source() {
        @Override
        public byte[] read(String name) throws IOException {
          return Files.readAllBytes(root.resolve(name));
        }

        @Override
        public void close() {
          // Each file was closed after it was read.
        }
      };
    }

    @Override
    public String toString() {
      return path;
    }
  }

  /// The files in a zip file.
  record Zip(String path) implements Corpus {
    @Override
    public List<Member> members() throws IOException {
      try (ZipFile zip = new ZipFile(path)) {
        return zip.stream()
            .filter(entry -> !entry.isDirectory())
            .map(entry -> new Member(entry.getName(), Math.max(0, entry.getSize())))
            .sorted(Comparator.comparing(Member::name))
            .toList();
      }
    }

    @Override
    public Source open() throws IOException {
      ZipFile zip = new ZipFile(path);
      return new Source() {
        @Override
        public byte[] read(String name) throws IOException {
          ZipEntry entry = zip.getEntry(name);
          if (entry == null) {
            throw new FileNotFoundException("there is no " + name + " in " + path + " any more");
          }
          try (InputStream in = zip.getInputStream(entry)) {
            return in.readAllBytes();
          }
        }

        @Override
        public void close() throws IOException {
          zip.close();
        }
      };
    }

    @Override
    public String toString() {
      return path;
    }
  }
}
