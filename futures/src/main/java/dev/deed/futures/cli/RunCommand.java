package dev.deed.futures.cli;

import dev.deed.DeedConfig;
import dev.deed.futures.runtime.JournalPlan;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs a user's program in a JVM of its own, with worker processes if asked for.
@Command(
    name = "run",
    customSynopsis =
        "deed run [--workers N | --cluster ADDR] [-cp PATH | --jar APP.jar] [OPTIONS] MAIN [ARGS]",
    description = {
      "Runs a program whose Deed.connect() finds the cluster that is named here; without --workers and"
          + " --cluster that of DEED_CLUSTER, or else the program's own process.",
      "On a terminal a bar tells how many of the program's tasks have ended. What it prints then"
          + " passes through deed, so it has no System.console(), unless there is --no-progress.",
      "The program's exit code is passed on. Ctrl-C ends all that was started."
    })
final class RunCommand extends CliCommand {
  private static final int MOST_WORKERS = 256;

  @ArgGroup Where where = new Where();
  @ArgGroup What what = new What();

  @ArgGroup Kept kept = new Kept();

  @Option(
      names = "--journal",
      paramLabel = "DIR",
      description =
          "Keeps the program's job in this directory, one that has a name in a folder of its own. If"
              + " it has been there before, the job is resumed: calls that had ended are not executed"
              + " again. Needs a cluster.")
  @Nullable Path journal;

  @Option(
      names = "--journal-values",
      paramLabel = "BYTES",
      description =
          "Most bytes of large values that are kept beside the journal (default: 4g); the others are"
              + " made again.")
  @Nullable String journalValues;

  @Option(
      names = "--journal-sync",
      paramLabel = "WHEN",
      description =
          "When the journal is synced to the disk: each (as soon as there is something; the default),"
              + " never, or once in a time such as 100ms.")
  @Nullable String journalSync;

  @Option(
      names = "--json",
      description = "Prints the start and the end as one object a line on standard error.")
  boolean json;

  @Option(
      names = "--no-progress",
      description = "Shows no bar, and leaves the terminal to the program.")
  boolean noProgress;

  @Parameters(
      paramLabel = "MAIN [ARGS]",
      description =
          "The main class, or a .java file, and its arguments. With --jar the class may be left out"
              + " if the manifest names it.")
  List<String> words = new ArrayList<>();

  private final SettingFlags settings = new SettingFlags();

  /// Closed in reverse order at the end, or by Ctrl-C.
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private boolean ended;

  /// Which workers.
  static final class Where {
    @Option(
        names = "--workers",
        paramLabel = "N",
        description = "Starts so many worker processes on this machine, for this program.")
    @Nullable Integer workers;

    @Option(
        names = "--cluster",
        paramLabel = "ADDR",
        description = "Uses the running cluster of the worker at host:port.")
    @Nullable String cluster;
  }

  /// Whether what the program calls outlives it.
  static final class Kept {
    @Option(
        names = "--job",
        paramLabel = "NAME",
        description =
            "Keeps what the program calls if its driver dies, for --resume; needs --cluster, and"
                + " --durability async or sync as its workers have it.")
    @Nullable String job;

    @Option(
        names = "--resume",
        paramLabel = "NAME",
        description =
            "Runs the program of a job again whose driver died: calls that it made are found. With"
                + " --journal also where the whole cluster died.")
    @Nullable String resume;
  }

  /// Where the classes are.
  static final class What {
    @Option(
        names = {"--class-path", "-cp"},
        paramLabel = "PATH",
        description = "Folders and jars of the program.")
    @Nullable String classPath;

    @Option(names = "--jar", paramLabel = "APP.jar", description = "The jar of the program.")
    @Nullable String jar;
  }

  @Override
  protected void configure(CommandLine line) {
    settings.addTo(line.getCommandSpec());
    // What follows MAIN belongs to the program, also when it begins with a dash.
    line.setStopAtPositional(true);
  }

  @Override
  public Integer call() throws InterruptedException {
    int workers = workers();
    Optional<Address> named = Optional.ofNullable(where.cluster).map(Address::parse);
    if (journal != null && workers == 0 && named.isEmpty() && !hasClusterFromOutside()) {
      throw CommandException.userError(
          "--journal keeps what workers have done: give --workers or --cluster, too.");
    }
    checkJournal();
    DeedConfig config = settings.config();
    Thread onExit = Thread.ofPlatform().unstarted(this::endAll);
    Runtime.getRuntime().addShutdownHook(onExit);
    try {
      Path folder = opened(RunFolder.make()).path();
      Program program = program(folder);
      named.ifPresent(address -> ClusterAccess.need().status(address, config));
      Optional<RunJob> job = RunJob.of(kept.job, kept.resume, named, config, given());
      Optional<ClusterAccess.Workers> started =
          workers == 0
              ? Optional.empty()
              : Optional.of(start(workers, program.classPath(), config));
      return run(program, started.map(ClusterAccess.Workers::address).or(() -> named), folder, job);
    } finally {
      endAll();
      // When the process is going down already, the hook has begun and does the same.
      if (!goingDown(onExit)) {
        Runtime.getRuntime().removeShutdownHook(onExit);
      }
    }
  }

  private static boolean goingDown(Thread hook) {
    return hook.getState() != Thread.State.NEW;
  }

  private int workers() {
    if (where.workers == null) {
      return 0;
    }
    if (where.workers < 1 || where.workers > MOST_WORKERS) {
      throw CommandException.userError(
          "--workers " + where.workers + " can't be started: give 1 to " + MOST_WORKERS + ".");
    }
    return where.workers;
  }

  private Program program(Path folder) {
    if (what.jar != null) {
      return Program.inJar(what.jar, words);
    }
    if (words.isEmpty()) {
      throw CommandException.userError(
          "the main class is missing: give its full name, or a .java file, after the options.");
    }
    List<String> arguments = words.subList(1, words.size());
    List<Path> classPath = what.classPath == null ? List.of() : ClassPath.parse(what.classPath);
    if (!SourceFile.isMeant(words.getFirst())) {
      return Program.onClassPath(classPath, words.getFirst(), arguments);
    }
    SourceFile source = SourceFile.compile(words.getFirst(), classPath, folder);
    List<Path> all = new ArrayList<>(classPath);
    all.add(source.classes());
    return Program.onClassPath(all, source.mainClass(), arguments);
  }

  private ClusterAccess.Workers start(int workers, List<Path> classPath, DeedConfig config) {
    ClusterAccess access = ClusterAccess.need();
    try (Progress progress = hasBar() ? progress("workers", workers) : Progress.none()) {
      return opened(
          access.start(workers, classPath, config, joined -> progress.at(joined, workers)));
    }
  }

  private int run(Program program, Optional<Address> cluster, Path folder, Optional<RunJob> job)
      throws InterruptedException {
    Map<String, String> given = given();
    job.ifPresent(one -> given.putAll(one.settings()));
    long beganNs = System.nanoTime();
    // Closed after the program, so that Ctrl-C wipes the bar out, too.
    Progress progress = opened(hasBar() ? Progress.waiting("tasks") : Progress.none());
    opened(CountsWatch.start(progress, folder));
    ProgramProcess process =
        opened(ProgramProcess.start(program, given, cluster, progress, folder));
    tell(
        Json.line(
            "event",
            "started",
            "main",
            program.mainClass(),
            "cluster",
            cluster.map(Address::toString).orElse("")));
    int code = process.await();
    double seconds = (System.nanoTime() - beganNs) / 1e9;
    tell(Json.line("event", "ended", "code", code, "seconds", seconds));
    job.flatMap(one -> one.ended(code)).ifPresent(err()::println);
    return code;
  }

  private void checkJournal() {
    if (journal == null && (journalValues != null || journalSync != null)) {
      throw CommandException.userError(
          "--journal-values and --journal-sync say how a --journal DIR is kept: name it, too.");
    }
    Map<String, String> given = given();
    try {
      JournalPlan.check(given::get);
    } catch (IllegalArgumentException e) {
      throw CommandException.userError("--" + e.getMessage() + ".", e);
    }
  }

  private static boolean hasClusterFromOutside() {
    String cluster = System.getenv("DEED_CLUSTER");
    return cluster != null && !cluster.isBlank();
  }

  /// The settings of the program's process.
  private Map<String, String> given() {
    Map<String, String> given = new LinkedHashMap<>(settings.given());
    if (journal != null) {
      given.put("journal", journal.toAbsolutePath().toString());
    }
    if (journalValues != null) {
      given.put("journal-values", journalValues);
    }
    if (journalSync != null) {
      given.put("journal-sync", journalSync);
    }
    return given;
  }

  private boolean hasBar() {
    return !json && !noProgress;
  }

  private void tell(String line) {
    if (json) {
      err().println(line);
      err().flush();
    }
  }

  /// Has it closed at the end; at once if the end has come.
  private <T extends AutoCloseable> T opened(T resource) {
    synchronized (opened) {
      opened.push(resource);
      if (ended) {
        endAll();
      }
    }
    return resource;
  }

  private void endAll() {
    synchronized (opened) {
      ended = true;
      while (!opened.isEmpty()) {
        AutoCloseable resource = opened.pop();
        try {
          resource.close();
        } catch (Exception e) {
          // The rest must be ended too.
          err().println("deed: could not end " + resource + ": " + e.getMessage());
        }
      }
    }
  }
}
