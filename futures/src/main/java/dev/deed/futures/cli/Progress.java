package dev.deed.futures.cli;

import java.io.Console;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.nio.charset.Charset;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// How far a piece of work is: a bar on standard error while that is a terminal, and nothing at all
/// when it is a file or a pipe. The bar is wiped out when it is closed. May be used by any thread.
public final class Progress implements AutoCloseable {
  /// Set by the launcher, which can ask whether standard error is a terminal; Java can only ask for
  /// standard input and output together.
  private static final String TERMINAL = "deed.terminal";

  private static final int WIDTH = 80;
  private static final int UPDATE_MILLIS = 100;

  private final @Nullable ProgressBar bar;

  private Progress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /// Begins to show it; a `total` of -1 is unknown.
  static Progress start(String title, long total) {
    return new Progress(onTerminal() ? bar(title, total, System.err) : null);
  }

  /// Whether a person watches standard error.
  static boolean onTerminal() {
    String told = System.getProperty(TERMINAL);
    if (told != null) {
      return Boolean.parseBoolean(told);
    }
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static ProgressBar bar(String title, long total, PrintStream stream) {
    return new ProgressBarBuilder()
        .setTaskName(title)
        .setInitialMax(total)
        .setStyle(
            new OutputStreamWriter(stream, Charset.defaultCharset()).getEncoding().startsWith("UTF")
                ? ProgressBarStyle.COLORFUL_UNICODE_BAR
                : ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .setConsumer(new ConsoleProgressBarConsumer(stream, WIDTH))
        .clearDisplayOnFinish()
        .build();
  }

  /// One step more is done.
  public void step() {
    step(1);
  }

  /// So many steps more are done.
  public void step(long count) {
    if (bar != null) {
      bar.stepBy(count);
    }
  }

  /// So many steps are done of so many, -1 for unknown.
  public void at(long done, long total) {
    if (bar != null) {
      bar.maxHint(total);
      bar.stepTo(done);
    }
  }

  /// Says in a few words what is being done now.
  public void say(String words) {
    if (bar != null) {
      bar.setExtraMessage(words);
    }
  }

  /// Wipes the bar out.
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
