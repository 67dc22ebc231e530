package dev.deed.papers.nsdi21;

import dev.deed.Calls;
import dev.deed.Deed;
import dev.deed.Ref;
import java.nio.ByteBuffer;
import java.time.Duration;

/// The recovery microbenchmark of the paper (section 5.1, figure 14): a linear chain of tasks, each
/// of which sleeps and passes its argument on. The reference to each intermediate value is dropped
/// as soon as the next task has it, so that after a failure the values are there only by their
/// lineage.
public final class RecoveryChain {
  /// Bytes of a large value: 10 MiB.
  public static final int LARGE_BYTES = 10 << 20;

  private RecoveryChain() {}

  /// What the tasks pass along.
  public enum Size {
    /// An integer, which travels within messages.
    SMALL,
    /// An array of 10 MiB, which is stored where it was made.
    LARGE
  }

  /// Runs a chain in the session of this thread and waits for its end. Each task counts the value
  /// up by one; returned is what the last one gave, so a right answer is `tasks`. Throws
  /// [dev.deed.DeadlineException] if that takes longer than `longest`.
  public static int run(
      Size size, int tasks, Duration delay, Duration longest, Executions executions) {
    return switch (size) {
      case SMALL -> small(tasks, delay, longest, executions);
      case LARGE -> large(tasks, delay, longest, executions);
    };
  }

  private static int small(int tasks, Duration delay, Duration longest, Executions executions) {
    Calls calls = Deed.with(options -> options.name("chain"));
    Ref<Integer> last = calls.submit(() -> 0);
    for (int i = 0; i < tasks; i++) {
      int number = i;
      Ref<Integer> next = calls.submit(value -> value + pause(number, delay, executions), last);
      last.close();
      last = next;
    }
    try (Ref<Integer> end = last) {
      return end.get(longest);
    }
  }

  private static int large(int tasks, Duration delay, Duration longest, Executions executions) {
    Calls calls = Deed.with(options -> options.name("chain"));
    Ref<byte[]> last = calls.submit(() -> new byte[LARGE_BYTES]);
    for (int i = 0; i < tasks; i++) {
      int number = i;
      Ref<byte[]> next =
          calls.submit(value -> countUp(value, pause(number, delay, executions)), last);
      last.close();
      last = next;
    }
    try (Ref<byte[]> end = last) {
      return ByteBuffer.wrap(end.get(longest)).getInt();
    }
  }

  /// The array with its first number changed. A task has its arguments for itself, so no copy is
  /// made.
  private static byte[] countUp(byte[] value, int by) {
    ByteBuffer number = ByteBuffer.wrap(value);
    return number.putInt(0, number.getInt(0) + by).array();
  }

  private static int pause(int number, Duration delay, Executions executions)
      throws InterruptedException {
    Executions.Running running = executions.begin("chain", number);
    Thread.sleep(delay);
    running.end();
    return 1;
  }
}
