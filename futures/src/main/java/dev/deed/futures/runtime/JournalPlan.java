package dev.deed.futures.runtime;

import dev.deed.JournalException;
import dev.deed.transport.journal.Journal;
import dev.deed.transport.journal.SyncPolicy;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where and how a job is kept on disk: one that has a name in a folder of its own. The settings:
/// `journal` (a directory), `journal-values` (most bytes of stored values), `journal-sync` (`each`,
/// `never`, or a time).
///
/// @param directory of its journal
/// @param valueBytes most bytes of stored values beside the records
/// @param sync when the records are synced
public record JournalPlan(Path directory, long valueBytes, SyncPolicy sync) {
  private static final String PREFIX = "deed.";
  private static final String DIRECTORY = "journal";
  private static final String VALUES = "journal-values";
  private static final String SYNC = "journal-sync";

  /// As much as its records may take.
  private static final long DEFAULT_VALUE_BYTES = 4L << 30;

  /// What the system properties of this process say of the job of its program. Not by the
  /// environment, which other sessions than the program's inherit. Throws
  /// [IllegalArgumentException] for what makes no sense.
  static Optional<JournalPlan> ofProcess() {
    return of(name -> System.getProperty(PREFIX + name));
  }

  /// Throws [IllegalArgumentException] for settings that make no sense.
  ///
  /// @param settings gives null for one that is not there
  public static void check(Function<String, @Nullable String> settings) {
    var _ = of(settings);
  }

  /// The same, of these settings.
  public static Optional<JournalPlan> of(Function<String, @Nullable String> settings) {
    String named = settings.apply(DIRECTORY);
    if (named == null || named.isBlank()) {
      return Optional.empty();
    }
    String values = settings.apply(VALUES);
    String sync = settings.apply(SYNC);
    return Optional.of(
        new JournalPlan(
            Path.of(named),
            values == null ? DEFAULT_VALUE_BYTES : read(VALUES, values, JournalPlan::size),
            sync == null ? SyncPolicy.EACH : read(SYNC, sync, JournalPlan::policy)));
  }

  /// That of a job of this name: in a folder of its own in the directory.
  public JournalPlan ofJob(String name) {
    return new JournalPlan(directory.resolve(folder(name)), valueBytes, sync);
  }

  /// A folder's name for a job's, another for each.
  private static String folder(String job) {
    // Letters and digits stay, and what would lead elsewhere goes: "." is the only other that
    // could.
    return URLEncoder.encode(job, StandardCharsets.UTF_8).replace(".", "%2E");
  }

  /// Whether there is a journal in the directory. Throws [JournalException] if that can't be told.
  public boolean isThere() {
    try {
      return Journal.isIn(directory);
    } catch (IOException e) {
      throw new JournalException("the journal " + directory + " can't be looked at: " + e, e);
    }
  }

  /// Why no job of this name can begin with the journal; empty if one can. Throws
  /// [JournalException] as [#isThere()] does.
  public Optional<String> whyNotToBegin(String job) {
    return isThere()
        ? Optional.of(
            "job '"
                + job
                + "' is in the journal "
                + directory
                + " already: continue it with --resume, or remove that directory")
        : Optional.empty();
  }

  private static <T> T read(String name, String text, Function<String, T> reader) {
    try {
      return reader.apply(text.strip());
    } catch (IllegalArgumentException | ArithmeticException e) {
      String reason = Configuration.reason(e);
      throw new IllegalArgumentException(name + " can't be '" + text + "': " + reason, e);
    }
  }

  private static long size(String text) {
    long bytes = Configuration.bytes(text);
    if (bytes < 0) {
      throw new IllegalArgumentException("a number of bytes is not negative");
    }
    return bytes;
  }

  private static SyncPolicy policy(String text) {
    return switch (text) {
      case "each" -> SyncPolicy.EACH;
      case "never" -> SyncPolicy.NEVER;
      default -> {
        Duration interval = Configuration.length(text);
        if (interval.isNegative() || interval.compareTo(Duration.ofMinutes(1)) > 0) {
          throw new IllegalArgumentException("an interval is up to a minute");
        }
        yield SyncPolicy.every(interval);
      }
    };
  }
}
