package dev.deed.futures.runtime;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Whose calls and puts are named: an execution, or the main program of a session. Gives each call
/// its index; thread-safe.
class Caller {
  private static final VarHandle CALLS;
  private static final VarHandle PUTS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CALLS = lookup.findVarHandle(Caller.class, "calls", long.class);
      PUTS = lookup.findVarHandle(Caller.class, "puts", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final WorkerRuntime runtime;
  private final TaskId task;
  private final int run;
  private final EstateId home;
  private volatile JobCode code;

  @SuppressWarnings("UnusedVariable") // by the handles
  private long calls;

  @SuppressWarnings("UnusedVariable")
  private long puts;

  /// @param home the estate that gets its calls and puts
  Caller(WorkerRuntime runtime, TaskId task, int run, EstateId home) {
    this.runtime = runtime;
    this.task = task;
    this.run = run;
    this.home = home;
    this.code = runtime.program();
  }

  final WorkerRuntime runtime() {
    return runtime;
  }

  final TaskId task() {
    return task;
  }

  /// The estate that gets its calls and puts.
  final EstateId home() {
    return home;
  }

  /// The code of the job that it belongs to: the program's own until [#code(JobCode)].
  final JobCode code() {
    return code;
  }

  /// The job's code has been found.
  final void code(JobCode found) {
    code = found;
  }

  /// The name of the next call.
  final TaskId nextCall() {
    return task.call(run, (long) CALLS.getAndAdd(this, 1L));
  }

  /// The name of the next put.
  final TaskId nextPut() {
    return task.put(run, (long) PUTS.getAndAdd(this, 1L));
  }

  /// Whether its user code has ended, so that a thread it left behind no longer calls for it.
  boolean ended() {
    return false;
  }
}
