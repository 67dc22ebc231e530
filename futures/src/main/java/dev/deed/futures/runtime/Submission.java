package dev.deed.futures.runtime;

import dev.deed.Ref;
import dev.deed.lineage.Argument;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.Value;
import dev.deed.ownership.Event;
import dev.deed.ownership.Outcome;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes one call or put: names it, takes its function and values as they are now, creates the
/// references, and publishes one event.
record Submission(Caller caller, @Nullable RefScope scope, CallTerms terms) {

  /// A call of `task`; references to its `returns` results.
  <R extends @Nullable Object> List<Ref<R>> call(
      LocalFunction.Form form, Serializable task, int returns, Ref<?>... arguments) {
    Objects.requireNonNull(task, "a task is not null");
    WorkerRuntime runtime = caller.runtime();
    runtime.gate().pass();
    runtime.checkOpen();
    List<Argument> joined = join(runtime, arguments);
    LocalCall link = new LocalCall();
    Functions.Captured captured = runtime.functions().capture(caller.code(), form, task, link);
    TaskId id = caller.nextCall();
    TaskSpec spec =
        new TaskSpec(
            id,
            0,
            caller.task(),
            captured.function(),
            captured.captured(),
            joined,
            returns,
            terms.forCall(runtime),
            terms.origin(runtime.callSites().of(caller.code(), task)));
    long[] handles = new long[returns];
    HandleRef<R> first = result(runtime, spec, 0, handles, link);
    List<Ref<R>> refs = returns == 1 ? List.of(first) : more(runtime, spec, first, handles, link);
    try {
      runtime.driver().publish(new Event.Submit(spec, handles, caller.home()));
    } finally {
      java.lang.ref.Reference.reachabilityFence(arguments);
      java.lang.ref.Reference.reachabilityFence(task);
    }
    return refs;
  }

  private static List<Argument> join(WorkerRuntime runtime, Ref<?>... arguments) {
    if (arguments.length == 0) {
      return List.of();
    }
    List<Argument> joined = new ArrayList<>(arguments.length);
    for (Ref<?> argument : arguments) {
      joined.add(new Argument.Pending(HandleRef.of(argument, runtime).reference()));
    }
    return joined;
  }

  private <R extends @Nullable Object> List<Ref<R>> more(
      WorkerRuntime runtime, TaskSpec spec, HandleRef<R> first, long[] handles, LocalCall link) {
    List<Ref<R>> refs = new ArrayList<>(handles.length);
    refs.add(first);
    for (int i = 1; i < handles.length; i++) {
      refs.add(result(runtime, spec, i, handles, link));
    }
    return refs;
  }

  private <R extends @Nullable Object> HandleRef<R> result(
      WorkerRuntime runtime, TaskSpec spec, int index, long[] handles, LocalCall link) {
    handles[index] = runtime.handles().nextNumber();
    Reference reference = new Reference(spec.result(index), caller.home());
    return created(new HandleRef<>(runtime, reference, handles[index], link));
  }

  private <R extends @Nullable Object> HandleRef<R> created(HandleRef<R> ref) {
    if (scope != null) {
      scope.created(ref);
    }
    return ref;
  }

  /// The place of a put is looked up only where that costs little in comparison.
  private static TaskSpec.Origin origin(Outcome outcome) {
    return outcome instanceof Outcome.Stored
        ? new TaskSpec.Origin("put", CallSites.here())
        : CallTerms.PUT_ORIGIN;
  }

  /// A put of `value`. Where there are to be several copies it waits for them.
  static <T extends @Nullable Object> Ref<T> put(
      Caller caller, @Nullable RefScope scope, CallTerms terms, T value) {
    WorkerRuntime runtime = caller.runtime();
    runtime.checkOpen();
    Value encoded = runtime.values().encode(caller.code(), value);
    ObjectId object = caller.nextPut().result(0);
    Reference reference = new Reference(object, caller.home());
    Outcome outcome = runtime.values().keep(reference, encoded, terms.replicas());
    long handle = runtime.handles().nextNumber();
    HandleRef<T> ref =
        new Submission(caller, scope, terms)
            .created(new HandleRef<>(runtime, reference, handle, null));
    TaskSpec.Origin origin = terms.origin(origin(outcome));
    int copies = terms.replicas();
    EstateId home = caller.home();
    try {
      runtime
          .driver()
          .publish(
              new Event.Put(
                  object, caller.task(), outcome, handle, origin, home, copies, terms.keeping()));
    } finally {
      java.lang.ref.Reference.reachabilityFence(value);
    }
    if (terms.keeping() == Keeping.SYNC) {
      // From here on it may be handed on: the heirs have it.
      Readers.awaitDone(runtime, List.of(reference), 1, Long.MAX_VALUE);
    }
    if (copies > 1) {
      awaitCopies(ref);
    }
    return ref;
  }

  /// A value that has not all its copies can't be read yet.
  private static void awaitCopies(HandleRef<?> ref) {
    try {
      Readers.awaitReadable(ref);
    } catch (RuntimeException e) {
      ref.close();
      throw e;
    }
  }
}
