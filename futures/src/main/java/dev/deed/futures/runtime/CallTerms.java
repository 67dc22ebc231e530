package dev.deed.futures.runtime;

import dev.deed.Durability;
import dev.deed.Options;
import dev.deed.Ref;
import dev.deed.lineage.Demand;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec.Origin;
import dev.deed.lineage.TaskSpec.Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Options as the protocol has them, made once for many calls. Thread-safe.
final class CallTerms {
  static final CallTerms DEFAULT = of(Options.DEFAULT);

  /// The origin of a put that was given no name.
  static final Origin PUT_ORIGIN = new Origin("put", "");

  private final Terms terms;
  private final @Nullable List<Ref<?>> near;
  private final Optional<String> name;
  private final int replicas;

  private CallTerms(Terms terms, @Nullable List<Ref<?>> near, Optional<String> name, int replicas) {
    this.replicas = replicas;
    this.terms = terms;
    this.near = near;
    this.name = name;
  }

  static CallTerms of(Options options) {
    Map<String, Double> amounts = new TreeMap<>(options.resources());
    amounts.put(Demand.CPU, options.cpus());
    amounts.put(Demand.MEMORY, (double) options.memory());
    List<String> retryOn = options.retryOn().stream().map(Class::getName).toList();
    List<Ref<?>> near = null;
    Placement placement =
        switch (options.where()) {
          case Options.Where.Anywhere _ -> new Placement.Anywhere();
          case Options.Where.Spread _ -> new Placement.Spread();
          case Options.Where.OnWorker(var worker) -> new Placement.OnWorker(Ids.worker(worker));
          case Options.Where.Near(var refs) -> {
            near = refs;
            yield new Placement.Anywhere();
          }
        };
    long timeoutNs = options.timeout().map(CallTerms::nanos).orElse(0L);
    Terms terms =
        new Terms(
            Demand.of(amounts),
            options.retries(),
            retryOn,
            timeoutNs,
            placement,
            options.durability().map(CallTerms::keeping).orElse(Keeping.ESTATE));
    return new CallTerms(
        terms.equals(Terms.DEFAULT) ? Terms.DEFAULT : terms,
        near,
        options.name(),
        options.replicas());
  }

  /// A call is never kept less than its session: only more can be asked for.
  private static Keeping keeping(Durability durability) {
    return switch (durability) {
      case NONE, ASYNC -> Keeping.ESTATE;
      case SYNC -> Keeping.SYNC;
    };
  }

  private static long nanos(java.time.Duration timeout) {
    try {
      return timeout.toNanos();
    } catch (ArithmeticException _) {
      return Long.MAX_VALUE;
    }
  }

  /// How many copies there are to be of what is put.
  int replicas() {
    return replicas;
  }

  /// The terms of a call in `runtime`.
  Terms forCall(WorkerRuntime runtime) {
    List<Ref<?>> refs = near;
    if (refs == null) {
      return terms;
    }
    List<Reference> references = new ArrayList<>(refs.size());
    for (Ref<?> ref : refs) {
      references.add(HandleRef.of(ref, runtime).reference());
    }
    return new Terms(
        terms.demand(),
        terms.retries(),
        terms.retryOn(),
        terms.timeoutNs(),
        new Placement.Near(references),
        terms.keeping());
  }

  /// What a put asks of its owner's heirs.
  Keeping keeping() {
    return terms.keeping();
  }

  /// The origin of a call, under the name that it was given.
  Origin origin(Origin found) {
    return name.isEmpty() ? found : new Origin(name.get(), found.site());
  }
}
