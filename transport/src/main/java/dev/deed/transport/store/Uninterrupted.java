package dev.deed.transport.store;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/// Short file operations on behalf of a thread that may be interrupted (a cancelled task): a
/// channel closes itself under an interrupted thread, which must not look like a broken value.
final class Uninterrupted {
  private Uninterrupted() {}

  /// Something that opens its own channel.
  interface Call<T> {
    T run() throws IOException;
  }

  /// Runs the call, again if an interrupt closed its channel; the interrupt stays pending.
  static <T> T call(Call<T> call) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return call.run();
        } catch (ClosedByInterruptException _) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
