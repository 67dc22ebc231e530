package dev.deed.evaluation.bench;

import dev.deed.futures.cli.CommandException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// All benchmarks, in the order in which they run: the machine's limits first.
final class Catalogue {
  private static final String RTT = "limit.tcp.rtt";
  private static final String ECHO = "limit.tcp.echo";
  private static final String FORK_JOIN = "limit.forkjoin";
  private static final String MEMCPY = "limit.memcpy";

  static final List<Benchmark> ALL =
      List.of(
          Benchmark.of(RTT, Limits::roundTrip),
          Benchmark.of(ECHO, Limits::echo),
          Benchmark.of(FORK_JOIN, Limits::forkJoin),
          Benchmark.of(MEMCPY, Limits::copy),
          Benchmark.of("task.sync", TaskBenchmarks::sync, RTT),
          Benchmark.of("task.async", TaskBenchmarks::async, FORK_JOIN, ECHO),
          Benchmark.of("task.async.multi", TaskBenchmarks::asyncMulti, FORK_JOIN, ECHO),
          Benchmark.of("task.chain", TaskBenchmarks::chain, FORK_JOIN),
          Benchmark.of("task.1M", ManyTasks::million, FORK_JOIN, ECHO),
          Benchmark.of("task.scaling", ManyTasks::scaling),
          Benchmark.of("put.small", ValueBenchmarks::putSmall),
          Benchmark.of("get.small", ValueBenchmarks::getSmall),
          Benchmark.of("put-get.1MiB", ValueBenchmarks::putGetLarge, MEMCPY),
          Benchmark.of("task.arg.1MiB", ValueBenchmarks::largeArgument, MEMCPY),
          Benchmark.of("task.args.10k", TaskBenchmarks::manyArguments),
          Benchmark.of("wait.1k", ValueBenchmarks::waitForEach),
          Benchmark.of("get.nested.10k", ValueBenchmarks::getNested));

  private Catalogue() {}

  /// Those that are asked for by name, or by a beginning such as `task.*`, and the limits that they
  /// are compared with; all if none is named.
  static List<Benchmark> choose(List<String> names) {
    if (names.isEmpty()) {
      return ALL;
    }
    Set<String> chosen = new LinkedHashSet<>();
    for (String name : names) {
      List<Benchmark> meant = ALL.stream().filter(benchmark -> means(name, benchmark)).toList();
      if (meant.isEmpty()) {
        throw CommandException.userError(
            "there is no benchmark '"
                + name
                + "': choose from "
                + names()
                + ", or task.* and such.");
      }
      meant.forEach(benchmark -> {
        chosen.add(benchmark.name());
        chosen.addAll(benchmark.limits());
      });
    }
    return ALL.stream().filter(benchmark -> chosen.contains(benchmark.name())).toList();
  }

  private static boolean means(String name, Benchmark benchmark) {
    return name.endsWith("*")
        ? benchmark.name().startsWith(name.substring(0, name.length() - 1))
        : benchmark.name().equals(name);
  }

  private static String names() {
    return ALL.stream().map(Benchmark::name).collect(Collectors.joining(", "));
  }
}
