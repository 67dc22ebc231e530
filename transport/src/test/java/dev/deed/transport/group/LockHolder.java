package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.nio.file.Path;

/// Holds a lock, says so, and waits to be killed.
final class LockHolder {
  private LockHolder() {}

  public static void main(String[] arguments) throws IOException {
    try (LivenessLock _ = LivenessLock.hold(Path.of(arguments[0]), WorkerId.parse(arguments[1]))) {
      System.out.println("held");
      while (System.in.read() >= 0) {
        // Until the parent goes.
      }
    }
  }
}
