package dev.deed.futures.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The class path of a driver's program, as parts that workers can ask for. Thread-safe.
/*
 * Parts are made when they are first asked for, and kept: workers that have the program's jars on their own
 * class path cost a look at sizes and times. All parts stay open while the session is: what a part's name says
 * stays true when a build replaces the file. A folder is packed into a file that has no name any more, so that
 * nothing is left of it, however the process ends.
 */
final class ProgramCode implements AutoCloseable {
  private final String classPath;
  private final Map<Path, List<CodePart>> made = new HashMap<>();
  private final Map<Question.Digest, FileChannel> files = new LinkedHashMap<>();
  private boolean closed;

  /// The code of the program that has this class path.
  ProgramCode(String classPath) {
    this.classPath = classPath;
  }

  /// The parts that one lacks who has the jars `known`. An [Inquiry.RefusedException] says why they
  /// can't be had.
  synchronized List<CodePart> parts(List<Question.KnownJar> known) throws IOException {
    if (closed) {
      throw new Inquiry.RefusedException("the session is closed");
    }
    try {
      List<CodePart> parts = new ArrayList<>();
      for (Path file : ClassPathFiles.of(classPath)) {
        if (Files.isDirectory(file) || !known.contains(ClassPathFiles.jar(file))) {
          parts.addAll(made(file));
        }
      }
      if (CodePart.total(parts) > CodePart.MOST_BYTES) {
        throw new IOException(
            "the class path has more than "
                + CodePart.MOST
                + " jars and folders or "
                + (CodePart.MOST_BYTES >> 20)
                + " MiB: start the workers with it on their own class path");
      }
      return parts;
    } catch (IOException e) {
      throw new Inquiry.RefusedException("the driver can't send its code: " + e.getMessage());
    }
  }

  private List<CodePart> made(Path file) throws IOException {
    List<CodePart> parts = made.get(file);
    if (parts == null) {
      parts = Files.isDirectory(file) ? pack(file) : List.of(open(file));
      made.put(file, parts);
    }
    return parts;
  }

  private CodePart open(Path jar) throws IOException {
    FileChannel channel = FileChannel.open(jar, StandardOpenOption.READ);
    MessageDigest digest = sha256();
    ByteBuffer piece = ByteBuffer.allocate(64 << 10);
    long size = 0;
    for (int count = channel.read(piece, 0); count >= 0; count = channel.read(piece, size)) {
      digest.update(piece.flip());
      piece.clear();
      size += count;
    }
    return keep(channel, digest, size);
  }

  private List<CodePart> pack(Path folder) throws IOException {
    FolderJar jar = FolderJar.of(folder);
    if (jar.isEmpty()) {
      return List.of();
    }
    Path temporary = Files.createTempFile("deed-code-", ".jar");
    FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    Files.deleteIfExists(temporary);
    MessageDigest digest = sha256();
    // Closing the jar must not close the channel.
    OutputStream out =
        new java.io.FilterOutputStream(Channels.newOutputStream(channel)) {
          @Override
          public void write(byte[] bytes, int offset, int count) throws IOException {
            out.write(bytes, offset, count);
          }

          @Override
          public void close() throws IOException {
            out.flush();
          }
        };
    jar.write(new DigestOutputStream(out, digest));
    return List.of(keep(channel, digest, channel.size()));
  }

  private CodePart keep(FileChannel channel, MessageDigest digest, long size) throws IOException {
    CodePart part = new CodePart(Question.Digest.of(digest.digest()), size);
    FileChannel same = files.putIfAbsent(part.digest(), channel);
    if (same != null) {
      channel.close();
    }
    return part;
  }

  /// The bytes of a part.
  synchronized InquiryServer.Reply part(Question.Digest digest) throws IOException {
    FileChannel file = files.get(digest);
    if (file == null || closed) {
      throw new Inquiry.RefusedException("the driver has no code named " + digest.hex());
    }
    return new InquiryServer.Reply(new Reader(file), file.size());
  }

  /// Reads a file that others read, too.
  private static final class Reader implements ReadableByteChannel {
    private final FileChannel file;
    private long position;

    Reader(FileChannel file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
      int count = file.read(to, position);
      position += Math.max(0, count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() {
      // The file stays for the next asker.
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    for (FileChannel file : files.values()) {
      file.close();
    }
    files.clear();
    made.clear();
  }
}
