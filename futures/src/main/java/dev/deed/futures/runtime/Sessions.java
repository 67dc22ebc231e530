package dev.deed.futures.runtime;

import dev.deed.SessionClosedException;
import dev.deed.Task0;
import dev.deed.TaskContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which session a thread's verbs use: the one that it is bound to, else the only open one.
/*
 * A thread that a task starts inherits the task as its caller, until that task has ended. After that,
 * as for any thread that is bound to nothing, the only open session counts. A binding by runHere is
 * for its own thread alone.
 */
public final class Sessions {
  private static final InheritableThreadLocal<@Nullable Binding> BINDING =
      new InheritableThreadLocal<>() {
        @Override
        protected @Nullable Binding childValue(@Nullable Binding parent) {
          return parent != null && parent.caller instanceof TaskRun run ? new Binding(run) : null;
        }
      };

  private static final Object LOCK = new Object();
  private static final List<WorkerRuntime> OPEN = new ArrayList<>();

  /// The only open one, or null if there are none or several.
  private static volatile @Nullable WorkerRuntime only;

  private Sessions() {}

  /// What the calling thread is in; see [dev.deed.Deed#context()].
  public static TaskContext context() {
    Binding binding = BINDING.get();
    if (binding != null && binding.caller instanceof TaskRun run && !run.ended()) {
      return run;
    }
    throw new IllegalStateException("context() is for the code of a task; this thread runs none");
  }

  /// Whose calls a thread with this binding makes now.
  static Caller caller(@Nullable Binding binding) {
    if (binding != null) {
      Caller caller = binding.caller;
      if (caller != null && !caller.ended()) {
        return caller;
      }
    }
    WorkerRuntime runtime = only;
    return runtime != null ? runtime.main() : refuse();
  }

  private static Caller refuse() {
    synchronized (LOCK) {
      if (OPEN.size() == 1) {
        return OPEN.getFirst().main();
      }
      if (OPEN.isEmpty()) {
        throw new SessionClosedException(
            "no session is open in this process: open one by Deed.local() and keep it open", null);
      }
      throw new IllegalStateException(
          OPEN.size()
              + " sessions are open and this thread is bound to none: use session.runHere(…) or"
              + " session.callHere(…)");
    }
  }

  /// Whose calls a thread with this binding makes in `runtime`: the task that it is in, or the main
  /// program.
  static Caller callerIn(@Nullable Binding binding, WorkerRuntime runtime) {
    if (binding != null) {
      Caller caller = binding.caller;
      if (caller != null && caller.runtime() == runtime && !caller.ended()) {
        return caller;
      }
    }
    return runtime.main();
  }

  /// This thread's binding, or null if it never had one.
  static @Nullable Binding binding() {
    return BINDING.get();
  }

  /// This thread's binding, made if need be.
  static Binding ownBinding() {
    Binding binding = BINDING.get();
    if (binding == null) {
      binding = new Binding(null);
      BINDING.set(binding);
    }
    return binding;
  }

  /// Forgets a binding that says nothing any more.
  static void tidy(Binding binding) {
    if (binding.caller == null && binding.scope == null) {
      BINDING.remove();
    }
  }

  /// Runs `body` with this thread bound to `runtime`.
  static <R extends @Nullable Object> R callIn(WorkerRuntime runtime, Task0<R> body) {
    Binding binding = ownBinding();
    Caller outerCaller = binding.caller;
    RefScope outerScope = binding.scope;
    binding.caller = callerIn(binding, runtime);
    binding.scope = null;
    try {
      return body.run();
    } catch (Exception e) {
      throw Sessions.<RuntimeException>asItIs(e);
    } finally {
      binding.caller = outerCaller;
      binding.scope = outerScope;
      tidy(binding);
    }
  }

  /// Lets a checked exception through where none is declared, as [dev.deed.Session#runHere]
  /// promises.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Exception> E asItIs(Exception exception) throws E {
    throw (E) exception;
  }

  static void opened(WorkerRuntime runtime) {
    synchronized (LOCK) {
      OPEN.add(runtime);
      only = OPEN.size() == 1 ? runtime : null;
    }
    CallTally.opened(runtime);
  }

  static void closed(WorkerRuntime runtime) {
    synchronized (LOCK) {
      OPEN.remove(runtime);
      only = OPEN.size() == 1 ? OPEN.getFirst() : null;
    }
    CallTally.closed(runtime);
  }
}
