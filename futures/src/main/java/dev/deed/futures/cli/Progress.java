package dev.deed.futures.cli;

import java.io.Console;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
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

  /// The same for standard output.
  private static final String OUTPUT_TERMINAL = "deed.terminal-out";

  private static final int WIDTH = 79;
  private static final int UPDATE_MILLIS = 100;
  private static final String WIPE = "\r\u001b[2K";

  private final PrintStream screen;
  private @Nullable ProgressBar bar;
  private boolean drawn;

  /// Whether the last line that was passed on has no end yet; a bar would cut it in two.
  private boolean midLine;

  /// Whether nothing is drawn before the first count.
  private boolean waits;

  private Progress(PrintStream screen) {
    this.screen = screen;
  }

  /// Begins to show it; a `total` of -1 is unknown.
  static Progress start(String title, long total) {
    Progress progress = new Progress(System.err);
    if (onTerminal()) {
      progress.showBar(title, total);
    }
    return progress;
  }

  /// As [#start], for what may turn out to have no steps: draws nothing before the first [#at].
  static Progress waiting(String title) {
    return onTerminal() ? waitingOn(System.err, title) : none();
  }

  /// As [#waiting], with a bar on `screen`, whatever that is.
  static Progress waitingOn(PrintStream screen, String title) {
    Progress progress = new Progress(screen);
    progress.waits = true;
    progress.showBar(title, -1);
    return progress;
  }

  /// One that shows nothing.
  static Progress none() {
    return new Progress(System.err);
  }

  /// As [#start], with a bar on `screen`, whatever that is.
  static Progress on(PrintStream screen, String title, long total) {
    Progress progress = new Progress(screen);
    progress.showBar(title, total);
    return progress;
  }

  /// Whether a person watches standard error.
  static boolean onTerminal() {
    return isTerminal(TERMINAL);
  }

  /// Whether a person watches standard output.
  static boolean outputOnTerminal() {
    return isTerminal(OUTPUT_TERMINAL);
  }

  @SuppressWarnings("SystemConsoleNull") // It is null again since 25, when there is no terminal.
  private static boolean isTerminal(String property) {
    String told = System.getProperty(property);
    if (told != null) {
      return Boolean.parseBoolean(told);
    }
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private void showBar(String title, long total) {
    bar =
        new ProgressBarBuilder()
            .setTaskName(title)
            .setInitialMax(total)
            .setStyle(
                screen.charset().equals(StandardCharsets.UTF_8)
                    ? ProgressBarStyle.UNICODE_BLOCK
                    : ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .setConsumer(new DelegatingProgressBarConsumer(this::draw, WIDTH))
            .build();
  }

  private synchronized void draw(String line) {
    if (!midLine && !waits) {
      screen.print("\r" + line.stripTrailing());
      screen.flush();
      drawn = true;
    }
  }

  private void wipe() {
    if (drawn) {
      screen.print(WIPE);
      screen.flush();
      drawn = false;
    }
  }

  /// Whether there is a bar.
  boolean isShown() {
    return bar != null;
  }

  /// Passes on what a program printed, clear of the bar.
  synchronized void pass(PrintStream to, byte[] bytes, int count) {
    wipe();
    to.write(bytes, 0, count);
    to.flush();
    midLine = bytes[count - 1] != '\n';
  }

  /// Prints a line, clear of the bar.
  public synchronized void print(PrintWriter to, String line) {
    wipe();
    to.println(line);
    to.flush();
  }

  /// One step more is done.
  public void step() {
    if (bar != null) {
      bar.step();
    }
  }

  /// So many steps are done of so many; -1 for unknown.
  public void at(long done, long total) {
    if (bar != null) {
      bar.maxHint(total);
      bar.stepTo(done);
      draws();
    }
  }

  private synchronized void draws() {
    waits = false;
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
    synchronized (this) {
      wipe();
    }
  }
}
