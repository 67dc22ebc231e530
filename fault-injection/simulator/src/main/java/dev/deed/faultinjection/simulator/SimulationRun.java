package dev.deed.faultinjection.simulator;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs clusters in virtual time, one a seed, and says which invariants did not hold.
///
/// ```
/// SimulationRun.run(2_000, 1, SimulationRun.Options.DEFAULT).failures()
/// ```
///
/// Each run uses one thread; runs share nothing, so several may go side by side.
public final class SimulationRun {
  private SimulationRun() {}

  /// How seeds are run.
  ///
  /// @param faulty whether anything goes wrong in the plans
  /// @param codecAlways whether every message passes through its binary form
  /// @param shrinkMillis longest time in which a failing plan is made smaller, 0 for not at all
  /// @param folder where a failure leaves its story, empty for nowhere
  /// @param mostFailures after so many failing seeds the rest is left out
  /// @param heirs how the estates of workers are kept
  public record Options(
      boolean faulty,
      boolean codecAlways,
      long shrinkMillis,
      Optional<Path> folder,
      int mostFailures,
      HeirsChoice heirs) {
    /// Faults on; a failure is made smaller for up to 30 seconds and written to
    /// `target/simulation`.
    public static final Options DEFAULT =
        new Options(
            true, false, 30_000, Optional.of(Path.of("target", "simulation")), 1, HeirsChoice.NONE);

    /// The same with every message encoded and decoded.
    public Options withCodecAlways() {
      return new Options(faulty, true, shrinkMillis, folder, mostFailures, heirs);
    }

    /// The same without faults.
    public Options withoutFaults() {
      return new Options(false, codecAlways, shrinkMillis, folder, mostFailures, heirs);
    }

    /// The same, going on until so many seeds have failed.
    public Options withMostFailures(int most) {
      return new Options(faulty, codecAlways, shrinkMillis, folder, most, heirs);
    }

    /// The same with the estates of workers kept in this way.
    public Options withHeirs(HeirsChoice choice) {
      return new Options(faulty, codecAlways, shrinkMillis, folder, mostFailures, choice);
    }

    /// The same without making failing plans smaller.
    public Options withoutShrinking() {
      return new Options(faulty, codecAlways, 0, folder, mostFailures, heirs);
    }

    /// The same, leaving stories in `where`.
    public Options withFolder(Path where) {
      return new Options(
          faulty, codecAlways, shrinkMillis, Optional.of(where), mostFailures, heirs);
    }
  }

  /// A seed whose run broke an invariant.
  ///
  /// @param replay how to run it again, by itself
  /// @param story folder with the story of the run, where one was written
  public record FailedSeed(
      long seed, String invariant, String message, String replay, Optional<Path> story) {
    @Override
    public String toString() {
      return String.format(
          "seed %d broke %s%n  replay: %s%n  story: %s",
          seed, message, replay, story.map(Path::toString).orElse("not written"));
    }
  }

  /// How to run a seed again, by itself.
  public static String replay(long seed, Options options) {
    return "./deed simulate --seed "
        + seed
        + (options.faulty() ? "" : " --no-faults")
        + (options.heirs() == Options.DEFAULT.heirs() ? "" : " --heirs " + options.heirs());
  }

  /// What came of many seeds.
  ///
  /// @param events that cores applied, in all runs together
  /// @param nanos of real time
  /// @param marks situations that were met
  public record Report(
      long firstSeed, int seeds, long events, long nanos, Marks marks, List<FailedSeed> failures) {
    /// Events a second of real time.
    public double eventsPerSecond() {
      return nanos == 0 ? 0 : events * 1e9 / nanos;
    }

    @Override
    public String toString() {
      return String.format(
          "%d seeds from %d: %d events, %.0f a second, %d failed",
          seeds, firstSeed, events, eventsPerSecond(), failures.size());
    }
  }

  /// The course of one run.
  ///
  /// @param hash of everything that happened, in its order
  /// @param story every event in words, where it was asked for
  record Course(
      long hash,
      long events,
      Marks marks,
      List<String> story,
      Optional<ViolationException> broken) {
    boolean breaks(String invariant) {
      return broken.filter(violation -> violation.invariant().equals(invariant)).isPresent();
    }
  }

  /// Runs the seeds `firstSeed`, `firstSeed + 1`, ….
  public static Report run(int seeds, long firstSeed, Options options) {
    long began = System.nanoTime();
    Marks marks = new Marks();
    List<FailedSeed> failures = new ArrayList<>();
    long events = 0;
    int done = 0;
    while (done < seeds && failures.size() < options.mostFailures()) {
      long seed = firstSeed + done++;
      Plan plan = plan(seed, options);
      Course course = course(seed, plan, false);
      events += course.events();
      marks.addAll(course.marks());
      course
          .broken()
          .ifPresent(violation -> failures.add(Artefact.of(seed, plan, violation, options)));
    }
    return new Report(firstSeed, done, events, System.nanoTime() - began, marks, failures);
  }

  /// Tells the whole course of one seed: the plan, every event in words, and how it ended.
  public static List<String> story(long seed, Options options) {
    Plan plan = plan(seed, options);
    Course course = course(seed, plan, true);
    List<String> lines = new ArrayList<>(plan.describe().lines().toList());
    lines.addAll(course.story());
    lines.add(course.broken().map(ViolationException::text).orElse("all invariants held"));
    lines.add(String.format("%d events, trace hash %016x", course.events(), course.hash()));
    return lines;
  }

  /// The 64-bit hash of all that happens in the run of a seed.
  public static long traceHash(long seed, Options options) {
    return course(seed, plan(seed, options), false).hash();
  }

  private static Plan plan(long seed, Options options) {
    Plan plan = PlanGenerator.plan(seed, options.faulty(), options.heirs());
    if (!options.codecAlways()) {
      return plan;
    }
    return new Plan(plan.cpus(), plan.scripts(), plan.settings().withCodecAlways(), plan.faults());
  }

  /// Runs one plan to its end, or to the first invariant that does not hold.
  static Course course(long seed, Plan plan, boolean telling) {
    World world = new World(seed, plan, telling);
    Optional<ViolationException> broken = Optional.empty();
    try {
      new Nemesis(world).schedule();
      world.log.faulty(!plan.faults().isEmpty());
      world.startMain();
      long lastFault = plan.faults().stream().mapToLong(Fault::atNs).max().orElse(0);
      world.runUntil(
          () -> world.nowNs >= lastFault && (world.programsEnded() || !world.someoneWorks()),
          World.PROGRAM_BOUND_NS);
      world.settle();
    } catch (ViolationException violation) {
      world.trace.tellWorld("VIOLATION " + violation.text());
      broken = Optional.of(violation);
    }
    return new Course(
        world.trace.hash(), world.trace.events(), world.marks, world.trace.lines(), broken);
  }
}
