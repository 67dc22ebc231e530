package dev.deed.evaluation.bench;

import dev.deed.futures.cli.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The figures of a run as a table, beside what the machine can do and what Ray does.
final class Comparison {
  private static final double MEBI_PER_GIBI = 1024;

  /// Ray 2.60 on 2 cores, measured by us; operations a second.
  private static final Map<String, Double> RAY =
      Map.of(
          "task.sync", 500.0,
          "task.async", 1_300.0,
          "task.chain", 610.0,
          "put.small", 2_500.0,
          "task.arg.1MiB", 100.0,
          "wait.1k", 1.1,
          "get.nested.10k", 11.0);

  /// Which limit a figure is told as a multiple of.
  private static final Map<String, String> LIMIT =
      Map.of(
          "task.sync.p50", "limit.tcp.rtt",
          "task.sync.p99", "limit.tcp.rtt",
          "task.async", "limit.forkjoin",
          "task.async.multi", "limit.forkjoin",
          "task.chain", "limit.forkjoin",
          "task.1M", "limit.forkjoin",
          "put-get.1MiB", "limit.memcpy",
          "task.arg.1MiB", "limit.memcpy");

  private final Map<String, Figure> figures = new LinkedHashMap<>();

  Comparison(List<Figure> figures) {
    figures.forEach(figure -> this.figures.put(figure.name(), figure));
  }

  /// A figure divided by that of its limit; empty if it has none, or that was not measured.
  Optional<Double> toLimit(Figure figure) {
    return Optional.ofNullable(LIMIT.get(figure.name()))
        .map(figures::get)
        .map(limit ->
            limit.unit().equals("GiB/s")
                ? figure.value() / (limit.value() * MEBI_PER_GIBI)
                : figure.value() / limit.value());
  }

  /// A figure divided by Ray's; empty if that is unknown.
  static Optional<Double> toRay(Figure figure) {
    return Optional.ofNullable(RAY.get(figure.name())).map(ray -> figure.value() / ray);
  }

  List<String> table() {
    Table table = new Table("<benchmark", ">value", "<unit", ">x limit", "<limit", ">x Ray");
    for (Figure figure : figures.values()) {
      Optional<Double> ratio = toLimit(figure);
      table.row(
          figure.name(),
          Table.number(figure.value()),
          figure.unit(),
          ratio.map(Table::number).orElse(""),
          ratio.isPresent() ? LIMIT.getOrDefault(figure.name(), "") : "",
          toRay(figure).map(Table::number).orElse(""));
    }
    return table.lines();
  }
}
