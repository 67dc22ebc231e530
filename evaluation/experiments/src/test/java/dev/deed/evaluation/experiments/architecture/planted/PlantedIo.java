package dev.deed.evaluation.experiments.architecture.planted;

import java.io.File;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.Channel;
import java.nio.file.Path;

/// Input and output.
public final class PlantedIo {

  private PlantedIo() {}

  static class AStream {
    boolean use(InputStream stream) {
      return stream.markSupported();
    }
  }

  static class AFile {
    boolean use(File file) {
      return file.exists();
    }
  }

  static class StandardOutput {
    void use() {
      System.out.println();
    }
  }

  static class ASocket {
    boolean use(Socket socket) {
      return socket.isBound();
    }
  }

  static class AnAddress {
    byte[] use(InetAddress address) {
      return address.getAddress();
    }
  }

  static class AChannel {
    boolean use(Channel channel) {
      return channel.isOpen();
    }
  }

  static class APath {
    Path use(Path path) {
      return path.normalize();
    }
  }

  static class AProcess {
    long use(Process process) {
      return process.pid();
    }
  }

  static class AProcessBuilder {
    void use(ProcessBuilder builder) {
      builder.inheritIO();
    }
  }
}
