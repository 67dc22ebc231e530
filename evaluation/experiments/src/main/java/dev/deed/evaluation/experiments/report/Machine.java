package dev.deed.evaluation.experiments.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/// The machine that measurements were made on.
///
/// @param processor its model, as far as the system tells
/// @param processors how many the JVM may use
/// @param memoryGib memory in GiB
/// @param system operating system
/// @param java version of the JVM
/// @param load average number of running threads in the minute before the measurements; negative if
///   the system doesn't tell
public record Machine(
    String processor, int processors, double memoryGib, String system, String java, double load) {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");
  private static final double GIB = 1L << 30;

  /// This machine, now.
  public static Machine here() {
    return new Machine(
        model(),
        Runtime.getRuntime().availableProcessors(),
        memoryBytes() / GIB,
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vendor") + " " + Runtime.version(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  /// One sentence, whose parts are separated by `·`.
  public String sentence() {
    return String.format(
        Locale.ROOT,
        "%s, %d processors · %.1f GiB · %s · Java %s · load average before the run %.2f",
        processor,
        processors,
        memoryGib,
        system,
        java,
        load);
  }

  private static long memoryBytes() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : 0;
  }

  private static String model() {
    if (!Files.isReadable(CPUINFO)) {
      return System.getProperty("os.arch");
    }
    try (Stream<String> lines = Files.lines(CPUINFO, StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith("model name") && line.contains(":"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      throw new UncheckedIOException("the processor's model can't be read", e);
    }
  }
}
