package dev.deed.transport.store;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/// A store in files, one directory a worker: `<root>/<cluster>/<worker>/`, by default in
/// `/dev/shm`, where files are memory that the workers of a host share.
///
/// A value is written under a temporary name and sealed by renaming it to its [StoreKey]. A worker
/// writes and deletes only in its own directory. Only the living owner of a directory may have this
/// object; whether a worker lives is for others to say.
public final class FileStore extends StoreBase {
  private static final System.Logger LOG = System.getLogger(FileStore.class.getName());

  private final Path root;
  private final Path siblings;
  private final Path directory;
  private final AtomicInteger idleMappings = new AtomicInteger();
  private final TemporaryFiles temporary;

  /// Makes the worker's directory, which must be new.
  ///
  /// @param root the directory of this user's clusters, e.g. [#defaultRoot()]; made if it is
  ///   missing
  /// @param cluster name of the cluster: letters, digits, `-`, `_`, `.`. Workers that play
  ///   different hosts on one machine take different names here, and share nothing
  /// @param self the worker
  /// @param limitBytes most bytes that the store keeps
  /// @throws UnsafeDirectoryException if one of the directories is a link, another user's, or open
  ///   to others
  /// @throws java.nio.file.FileAlreadyExistsException if the worker has a directory already
  public FileStore(Path root, String cluster, WorkerId self, long limitBytes) throws IOException {
    super(limitBytes);
    if (!cluster.matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")) {
      throw new IllegalArgumentException("not a name for a directory: " + cluster);
    }
    this.root = root.toAbsolutePath().normalize();
    siblings = this.root.resolve(cluster);
    directory = siblings.resolve(self.toString());
    temporary = new TemporaryFiles(directory, false, idleMappings);
    HostDirectory.make(this.root, siblings);
    try {
      HostDirectory.makeNew(directory);
    } catch (NoSuchFileException _) {
      HostDirectory.make(this.root, siblings); // a sweep took the empty parent away
      HostDirectory.makeNew(directory);
    }
  }

  /// `/dev/shm/deed-<uid>`, or a directory in the system's temporary directory where that is
  /// missing.
  public static Path defaultRoot() {
    Path shared = Path.of("/dev/shm");
    Path base = Files.isDirectory(shared) ? shared : Path.of(System.getProperty("java.io.tmpdir"));
    return base.resolve("deed-" + HostDirectory.OwnUser.ID);
  }

  /// Removes the directories of workers that nobody answers for, in all clusters of `root`. A
  /// starting worker calls it. Links, directories of other users, and what is not named after a
  /// worker stay.
  ///
  /// @param isAlive whether a worker may still use its directory; a worker must answer to it before
  ///   it makes its directory
  public static SweepReport sweep(Path root, Predicate<WorkerId> isAlive) throws IOException {
    return HostDirectory.sweep(root, isAlive);
  }

  /// The worker's own directory.
  public Path directory() {
    return directory;
  }

  /// Takes over the sealed values of a dead worker of this host and cluster, and removes the rest
  /// of its directory. Values that are here already, that are damaged, or that there is no room for
  /// are not taken. When the process was not yet gone, call it again once it is.
  ///
  /// @param deadDirectory its directory, beside the own one
  /// @return what is new here
  /// @throws UnsafeDirectoryException if it is not such a directory
  public List<StoredCopy> adopt(Path deadDirectory) throws IOException {
    Path dead = deadDirectory.toAbsolutePath().normalize();
    if (!siblings.equals(dead.getParent())
        || directory.equals(dead)
        || HostDirectory.worker(dead).isEmpty()) {
      throw new UnsafeDirectoryException(dead + " is not another worker's, in " + siblings);
    }
    if (!Files.exists(dead, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    HostDirectory.requireSafe(dead);
    List<StoredCopy> adopted = new ArrayList<>();
    for (Path file : HostDirectory.children(dead)) {
      Optional<StoreKey> key = StoreKey.parse(String.valueOf(file.getFileName()));
      if (key.isPresent()) {
        adoptFile(file, key.get()).ifPresent(adopted::add);
      }
    }
    HostDirectory.remove(dead);
    return adopted;
  }

  private Optional<StoredCopy> adoptFile(Path file, StoreKey key) throws IOException {
    if (about(key).isPresent()) {
      return Optional.empty();
    }
    Path moved = temporary.next();
    try {
      Files.move(file, moved, StandardCopyOption.ATOMIC_MOVE);
      return takeIn(moved, key, Optional.empty());
    } catch (NoSuchFileException _) {
      return Optional.empty(); // the dying process deleted it
    } catch (OutOfSpaceException | CorruptValueException e) {
      LOG.log(Level.WARNING, "not adopted: " + e.getMessage());
      return Optional.empty();
    } finally {
      Files.deleteIfExists(moved);
    }
  }

  /// Makes a file of the own directory, under a temporary name, a sealed value of this store.
  private Optional<StoredCopy> takeIn(Path file, StoreKey key, Optional<StoredCopy> wanted)
      throws IOException {
    StoredCopy about =
        Uninterrupted.call(() -> {
          try (FileChannel channel = FileMedium.open(file)) {
            return FileFormat.read(channel, key).about();
          }
        });
    if (wanted.isPresent() && !wanted.get().equals(about)) {
      return Optional.empty();
    }
    room().take(about.size());
    boolean taken = false;
    try {
      taken = admit(new FileCopy(about, file, directory, idleMappings));
      return taken ? Optional.of(about) : Optional.empty();
    } finally {
      if (!taken) {
        room().give(about.size());
      }
    }
  }

  /// Serves a value of a store on disk as well, without room of its own, until it is deleted here
  /// or there.
  ///
  /// @return whether it is new here
  public boolean lend(KeptStore from, StoreKey key) throws IOException {
    Optional<Copy> copy = from.copy(key);
    return copy.isPresent() && admit(new LentCopy(copy.get()));
  }

  /// One more name for the file of a worker of the same host: nothing is copied, and the file stays
  /// when the other deletes its name.
  @Override
  boolean link(WorkerId holder, StoredCopy wanted) throws IOException {
    Path other = siblings.resolve(holder.toString());
    if (other.equals(directory) || !HostDirectory.isSafe(other)) {
      return false;
    }
    Path linked = temporary.next();
    try {
      Files.createLink(linked, other.resolve(wanted.key().fileName()));
      return takeIn(linked, wanted.key(), Optional.of(wanted)).isPresent()
          || about(wanted.key()).isPresent();
    } catch (NoSuchFileException _) {
      return false;
    } catch (CorruptValueException e) {
      LOG.log(Level.WARNING, "not linked from " + holder.brief() + ": " + e.getMessage());
      return false;
    } finally {
      Files.deleteIfExists(linked);
    }
  }

  /// The directory in which the workers of this host and cluster have theirs.
  Path siblings() {
    return siblings;
  }

  @Override
  Medium medium(OptionalLong size) throws IOException {
    return temporary.medium(size);
  }

  @Override
  void closed() throws IOException {
    HostDirectory.remove(directory);
    HostDirectory.removeIfEmpty(siblings);
    HostDirectory.removeIfEmpty(root);
  }
}
