package dev.deed.futures.runtime;

import dev.deed.ConnectException;
import dev.deed.DeedConfig;
import dev.deed.lineage.Mixing;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Set;

/// The secret that lets a process into a cluster: 256 random bits in a file that only its owner
/// reads. The cluster's name follows from it.
///
/// @param file where it is
/// @param bytes the secret; not to be changed
record ClusterSecret(Path file, byte[] bytes) {
  private static final int LENGTH = 32;
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_READS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ENTERS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /// The secret that the settings name, or the user's own, which the first start writes. Throws
  /// [ConnectException] when it can't be had or others can read it.
  static ClusterSecret of(DeedConfig config) {
    Path file =
        config
            .secretFile()
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".deed", "secret"));
    try {
      if (config.secretFile().isEmpty() && !Files.exists(file)) {
        return create(file);
      }
      return read(file);
    } catch (IOException e) {
      throw new ConnectException(
          "the cluster's secret can't be read from " + file + ": " + e.getMessage(), e);
    }
  }

  /// A new secret in a new file; the one that is there when another process was faster.
  static ClusterSecret create(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null && !Files.exists(directory)) {
      Files.createDirectories(directory, OWNER_ENTERS);
    }
    return write(file, draw());
  }

  /// A new secret for a cluster of this process's own. Its file is in the cluster's directory, and
  /// goes with it.
  static ClusterSecret ofOwnCluster() throws IOException {
    byte[] bytes = draw();
    return write(ClusterDirectory.create(cluster(bytes)).resolve("secret"), bytes);
  }

  private static byte[] draw() {
    byte[] bytes = new byte[LENGTH];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  private static ClusterSecret write(Path file, byte[] bytes) throws IOException {
    Path unnamed = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    Files.createFile(unnamed, OWNER_READS);
    try {
      Files.write(unnamed, bytes);
      Files.createLink(file, unnamed);
      return new ClusterSecret(file, bytes);
    } catch (FileAlreadyExistsException e) {
      return read(file);
    } finally {
      Files.deleteIfExists(unnamed);
    }
  }

  private static ClusterSecret read(Path file) throws IOException {
    Set<PosixFilePermission> others = EnumSet.copyOf(Files.getPosixFilePermissions(file));
    others.remove(PosixFilePermission.OWNER_READ);
    others.remove(PosixFilePermission.OWNER_WRITE);
    if (!others.isEmpty()) {
      throw new IOException("others than its owner may use it; run: chmod 600 " + file);
    }
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length != LENGTH) {
      throw new IOException("it has " + bytes.length + " bytes, a secret has " + LENGTH);
    }
    return new ClusterSecret(file, bytes);
  }

  /// The name of the cluster that this secret lets into.
  String cluster() {
    return cluster(bytes);
  }

  private static String cluster(byte[] bytes) {
    return String.format("c%016x", Mixing.mix(bytes, LENGTH));
  }

  @Override
  public String toString() {
    return "ClusterSecret[" + file + "]";
  }
}
