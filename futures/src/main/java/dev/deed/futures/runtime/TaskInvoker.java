package dev.deed.futures.runtime;

import dev.deed.DeedException;
import dev.deed.lineage.Argument;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.Event;
import dev.deed.ownership.Failure;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.TaskOutcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs the code of one execution on the calling thread: arguments in, user code, results out, and
/// the event that tells of the end. Thread-safe.
final class TaskInvoker {
  /// Executions on one thread, one within the other; deeper ones go to other threads.
  static final int MAX_DEPTH = 16;

  private final WorkerRuntime runtime;

  TaskInvoker(WorkerRuntime runtime) {
    this.runtime = runtime;
  }

  /// Executes what the calling thread has begun. Lets no exception of user code out.
  void execute(TaskRun run, Binding binding) {
    Caller outerCaller = binding.caller;
    TaskRun outerRun = binding.run;
    RefScope outerScope = binding.scope;
    binding.caller = run;
    binding.run = run;
    binding.scope = null;
    binding.depth++;
    long startNs = System.nanoTime();
    TaskOutcome outcome;
    try {
      outcome = outcome(run);
    } finally {
      binding.depth--;
      binding.caller = outerCaller;
      binding.run = outerRun;
      binding.scope = outerScope;
    }
    run.end();
    runtime
        .driver()
        .publish(new Event.Finished(run.execution(), outcome, System.nanoTime() - startNs));
  }

  /// Whatever goes wrong is the task's outcome: an execution that isn't reported would never end.
  private TaskOutcome outcome(TaskRun run) {
    try {
      @Nullable Object[] arguments;
      LocalFunction function;
      try {
        // First, since arguments are of the classes of the function's code.
        function = runtime.functions().load(run.spec().function());
        run.code(function.program());
        arguments = arguments(run);
      } catch (DeedException e) {
        return run.isCancelled()
            ? new TaskOutcome.Cancelled()
            : new TaskOutcome.Threw(Failures.ofDelivery(run, e), false);
      }
      return results(run, function, call(run, function, arguments));
    } catch (Throwable thrown) {
      return run.isCancelled() ? new TaskOutcome.Cancelled() : threw(run, thrown);
    }
  }

  /// User code finds the classes of its job also by its thread's context class loader.
  private @Nullable Object call(TaskRun run, LocalFunction function, @Nullable Object[] arguments)
      throws Exception {
    ClassLoader loader = run.code().loader();
    if (loader.equals(runtime.program().loader())) {
      return function.call(arguments);
    }
    Thread thread = Thread.currentThread();
    ClassLoader outer = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return function.call(arguments);
    } finally {
      thread.setContextClassLoader(outer);
    }
  }

  private @Nullable Object[] arguments(TaskRun run) {
    List<Argument> arguments = run.spec().arguments();
    if (arguments.isEmpty()) {
      return LocalFunction.NO_ARGUMENTS;
    }
    @Nullable Object[] values = new Object[arguments.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (arguments.get(i)) {
            case Argument.Inline inline -> runtime.values().decode(run.code(), inline.value());
            case Argument.Stored stored ->
                runtime.values().decodeStored(run.code(), stored.reference(), stored.value());
            case Argument.Pending pending ->
                throw new IllegalStateException(
                    "broken invariant: a task begins without " + pending.reference());
          };
    }
    return values;
  }

  private TaskOutcome results(TaskRun run, LocalFunction function, @Nullable Object result) {
    TaskSpec spec = run.spec();
    ReplyRoom room = runtime.values().replyRoom();
    if (function.form() != LocalFunction.Form.SPLIT) {
      return new TaskOutcome.Returned(List.of(result(run, 0, result, room)));
    }
    if (!(result instanceof List<?> list) || list.size() != spec.returns()) {
      String got = result instanceof List<?> other ? "a list of " + other.size() : "no list";
      return new TaskOutcome.Threw(
          Failure.of(
              Failure.Kind.TASK_FAILED,
              Failures.where(run)
                  + " was to return a list of "
                  + spec.returns()
                  + " results and returned "
                  + got),
          false);
    }
    List<Outcome> results = new ArrayList<>(list.size());
    for (Object item : list) {
      results.add(result(run, results.size(), item, room));
    }
    return new TaskOutcome.Returned(results);
  }

  private Outcome result(TaskRun run, int index, @Nullable Object value, ReplyRoom room) {
    Reference reference = new Reference(run.spec().result(index), run.estate());
    return runtime.values().result(run, reference, value, room);
  }

  private TaskOutcome threw(TaskRun run, Throwable thrown) {
    return new TaskOutcome.Threw(
        runtime.failures().ofThrown(run, thrown), retriable(run.spec(), thrown));
  }

  /// Whether the class of `thrown`, or one above it, is among those that the call named.
  private static boolean retriable(TaskSpec spec, Throwable thrown) {
    List<String> retryOn = spec.terms().retryOn();
    if (retryOn.isEmpty()) {
      return false;
    }
    for (Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
      if (retryOn.contains(type.getName())) {
        return true;
      }
    }
    return false;
  }
}
