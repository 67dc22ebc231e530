package dev.deed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// How a call is made: what the task needs, how often it may be tried, where it runs. Immutable;
/// each method that takes a value returns a changed copy, starting from [#DEFAULT].
///
/// @param cpus processors that the task holds while it runs; 1 by default
/// @param resources other resources that it holds, by name
/// @param memory bytes that it holds, 0 by default
/// @param retries how often it may be executed again, for lost executions and for the exceptions of
///   `retryOn` together; 3 by default
/// @param retryOn exceptions (and their subclasses) after which it is tried again; none by default
/// @param name for people; by default the method that made the call
/// @param timeout longest time from the call to the result, after which it fails with
///   [DeadlineException]; none by default
/// @param where on which workers it may run
/// @param durability what of the call or put survives the death of its owner; by default the
///   session's, which is also the least. `SYNC` where that is `ASYNC`: it begins, and its value is
///   told, when the owner's heirs have its record, and a put returns then. An owner without heirs,
///   as in a session of `NONE` and for a driver's own calls, has none to wait for
/// @param replicas copies of a put, 1 by default; calls have no use for it
public record Options(
    double cpus,
    Map<String, Double> resources,
    long memory,
    int retries,
    List<Class<? extends Throwable>> retryOn,
    Optional<String> name,
    Optional<Duration> timeout,
    Where where,
    Optional<Durability> durability,
    int replicas) {

  /// One processor, three retries for lost executions, anywhere.
  public static final Options DEFAULT =
      new Options(
          1,
          Map.of(),
          0,
          3,
          List.of(),
          Optional.empty(),
          Optional.empty(),
          new Where.Anywhere(),
          Optional.empty(),
          1);

  /// On which workers a task may run.
  public sealed interface Where {
    /// The runtime chooses: by the bytes of the arguments, then by load.
    record Anywhere() implements Where {}

    /// On as many different workers as there are.
    record Spread() implements Where {}

    /// On this worker and no other.
    record OnWorker(WorkerId worker) implements Where {}

    /// Where most bytes of these values are.
    record Near(List<Ref<?>> refs) implements Where {}
  }

  /// Throws [IllegalArgumentException] for an amount or a count that makes no sense.
  public Options {
    resources = Map.copyOf(resources);
    retryOn = List.copyOf(retryOn);
    checkAmount("cpus", cpus);
    resources.forEach(Options::checkAmount);
    check(memory >= 0, "memory is in bytes and not negative: " + memory);
    check(retries >= 0, "retries are not negative: " + retries);
    check(replicas >= 1, "there is at least one copy of a value: replicas " + replicas);
    check(
        timeout.isEmpty() || timeout.get().isPositive(),
        "a timeout is longer than nothing: " + timeout);
  }

  /// With so many processors; 0 for a task that only waits, fractions share one.
  public Options cpus(double amount) {
    return new Options(
        amount, resources, memory, retries, retryOn, name, timeout, where, durability, replicas);
  }

  /// With so much of a resource that workers offer by this name.
  public Options resource(String resource, double amount) {
    Map<String, Double> more = new TreeMap<>(resources);
    more.put(resource, amount);
    return new Options(
        cpus, more, memory, retries, retryOn, name, timeout, where, durability, replicas);
  }

  /// With so many bytes of memory.
  public Options memory(long bytes) {
    return new Options(
        cpus, resources, bytes, retries, retryOn, name, timeout, where, durability, replicas);
  }

  /// With so many further executions.
  public Options retries(int count) {
    return new Options(
        cpus, resources, memory, count, retryOn, name, timeout, where, durability, replicas);
  }

  /// Tried again after these exceptions too.
  @SafeVarargs
  public final Options retryOn(Class<? extends Throwable>... exceptions) {
    List<Class<? extends Throwable>> all = new ArrayList<>(retryOn);
    for (Class<? extends Throwable> exception : exceptions) {
      all.add(exception);
    }
    return new Options(
        cpus, resources, memory, retries, all, name, timeout, where, durability, replicas);
  }

  /// With a name for errors and reports.
  public Options name(String text) {
    return new Options(
        cpus,
        resources,
        memory,
        retries,
        retryOn,
        Optional.of(text),
        timeout,
        where,
        durability,
        replicas);
  }

  /// With a time after which it fails.
  public Options timeout(Duration longest) {
    return new Options(
        cpus,
        resources,
        memory,
        retries,
        retryOn,
        name,
        Optional.of(longest),
        where,
        durability,
        replicas);
  }

  /// On as many different workers as there are.
  public Options spread() {
    return where(new Where.Spread());
  }

  /// On this worker and no other.
  public Options onWorker(WorkerId worker) {
    return where(new Where.OnWorker(worker));
  }

  /// Where most bytes of these values are.
  public Options near(Ref<?>... refs) {
    return where(new Where.Near(List.of(refs)));
  }

  private Options where(Where place) {
    return new Options(
        cpus, resources, memory, retries, retryOn, name, timeout, place, durability, replicas);
  }

  /// With a durability of its own.
  public Options durability(Durability mode) {
    return new Options(
        cpus,
        resources,
        memory,
        retries,
        retryOn,
        name,
        timeout,
        where,
        Optional.of(mode),
        replicas);
  }

  /// With so many copies of a put, each on another worker (the one that puts counts): the value can
  /// be read without its being made again while one of them lives, and with it its owner or an
  /// heir. The put returns when they exist. With fewer workers there is a copy on each, and a
  /// warning; where other workers have no room for one, the put throws [OutOfStorageException]. A
  /// copy that is lost with its worker is made again as long as the value is referred to. Small
  /// values are stored too.
  public Options replicas(int copies) {
    return new Options(
        cpus, resources, memory, retries, retryOn, name, timeout, where, durability, copies);
  }

  private static void checkAmount(String resource, double amount) {
    check(
        amount >= 0 && amount < Double.POSITIVE_INFINITY,
        "an amount of " + resource + " is finite and not negative: " + amount);
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
