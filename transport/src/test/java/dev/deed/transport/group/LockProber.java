package dev.deed.transport.group;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.nio.file.Path;

/// Says what a probe finds, and waits to be killed.
final class LockProber {
  private LockProber() {}

  public static void main(String[] arguments) throws IOException {
    System.out.println(LivenessLock.probe(Path.of(arguments[0]), WorkerId.parse(arguments[1])));
    while (System.in.read() >= 0) {
      // Until the parent goes.
    }
  }
}
