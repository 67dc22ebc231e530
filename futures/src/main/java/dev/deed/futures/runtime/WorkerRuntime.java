package dev.deed.futures.runtime;

import dev.deed.ClusterUnavailableException;
import dev.deed.CodeMismatchException;
import dev.deed.JournalException;
import dev.deed.SessionClosedException;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CoreConfig;
import dev.deed.ownership.CoreView;
import dev.deed.ownership.Event;
import dev.deed.ownership.Job;
import dev.deed.ownership.Member;
import dev.deed.ownership.WorkerCore;
import dev.deed.transport.value.ClassVersion;
import dev.deed.transport.value.ValueCodec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// One worker: the core with everything that drives it. Thread-safe.
final class WorkerRuntime {
  private static final int RING_SIZE = 1 << 12;
  private static final long SPIN_NS = 20_000;

  private final Member self;
  private final EstateId estate;
  private volatile JobCode program;
  private final Jobs jobs;
  private final boolean executesOthers;
  private volatile Caller main;
  private final Values values;
  private final Functions functions;
  private final Failures failures;
  private final CallSites callSites;
  private final TaskExecutor executor;
  private final Handles handles;
  private final TickTimer timer;
  private final Surroundings surroundings;
  private final CoreDriver driver;
  private final CopyStore store;
  private final MessageLimits limits;
  private final SpinBudget spin = new SpinBudget(SPIN_NS);
  private final AtomicLong requests = new AtomicLong();
  private final SubmitGate gate = new SubmitGate();
  private final HandleHooks hooks = new HandleHooks(this);

  /// A worker that is not started yet.
  ///
  /// @param checked whether values that are shared as immutable are checked not to have changed
  /// @param main the task that calls from outside of any task belong to
  /// @param home the estate that gets these calls, and whose creator the job is named after
  /// @param jobs the code of all jobs; nothing for a worker that executes the program's own tasks
  ///   only
  WorkerRuntime(
      Member self,
      CoreConfig config,
      MessageLimits limits,
      TaskId main,
      EstateId home,
      ValueCodec codec,
      Optional<Jobs> jobs,
      CopyStore store,
      boolean checked,
      Function<WorkerRuntime, Surroundings> surroundings) {
    this.self = self;
    this.limits = limits;
    this.estate = new EstateId(self.id());
    this.program = new JobCode(home.creator(), ClassLoader.getSystemClassLoader(), codec);
    this.executesOthers = jobs.isPresent();
    this.jobs = jobs.orElseGet(OwnProgram::new);
    this.main = new Caller(this, main, 0, home);
    this.store = store;
    this.values = new Values(this, store, config.inlineLimitBytes(), checked);
    this.functions = new Functions(this);
    this.failures = new Failures(values);
    this.callSites = new CallSites();
    this.executor = new TaskExecutor(this, new TaskInvoker(this), config.cpus());
    this.handles = new Handles("deed-handles-" + self.id().brief(), this::publish);
    this.timer = new TickTimer("deed-timer-" + self.id().brief(), () -> publish(new Event.Tick()));
    this.surroundings = surroundings.apply(this);
    CoreEffects effects = new CoreEffects(this.surroundings, executor, gate);
    this.driver =
        new CoreDriver(RING_SIZE, out -> new WorkerCore(self, config, out), effects, timer);
  }

  /// The only code where the program's own tasks alone are executed.
  private final class OwnProgram implements Jobs {
    @Override
    public JobCode of(WorkerId job) {
      return program;
    }

    @Override
    public JobCode of(WorkerId job, List<ClassVersion> classes) {
      return program;
    }
  }

  /// Its main is that of a job which another driver has begun. Before anything is called.
  void resume(Job job) {
    program = program.of(job.estate().creator());
    main = new Caller(this, job.main(), 0, job.estate());
  }

  void start() {
    timer.start();
    handles.start();
  }

  private void publish(Event event) {
    driver.publish(event);
  }

  Member self() {
    return self;
  }

  WorkerId id() {
    return self.id();
  }

  EstateId estate() {
    return estate;
  }

  MessageLimits limits() {
    return limits;
  }

  /// The code that this process was started with.
  JobCode program() {
    return program;
  }

  /// The code of the jobs whose tasks are executed here.
  Jobs jobs() {
    return jobs;
  }

  /// The code of the program that runs on this thread.
  JobCode codeHere() {
    return executesOthers ? Sessions.callerIn(Sessions.binding(), this).code() : program;
  }

  /// Whose calls are made from outside of any task.
  Caller main() {
    return main;
  }

  Values values() {
    return values;
  }

  Functions functions() {
    return functions;
  }

  Failures failures() {
    return failures;
  }

  CallSites callSites() {
    return callSites;
  }

  TaskExecutor executor() {
    return executor;
  }

  Handles handles() {
    return handles;
  }

  CoreDriver driver() {
    return driver;
  }

  /// Where threads that submit are held up while a link is full.
  SubmitGate gate() {
    return gate;
  }

  SpinBudget spin() {
    return spin;
  }

  /// The first of `count` numbers for requests, never given before.
  long nextRequests(int count) {
    return requests.getAndAdd(count) + 1;
  }

  /// Throws [SessionClosedException], [ClusterUnavailableException] or [CodeMismatchException] if
  /// this worker applies no events any more.
  void checkOpen() {
    if (driver.stopped() != null) {
      throw closedException();
    }
  }

  /// The exception that tells why this worker applies no events any more.
  RuntimeException closedException() {
    Answer.Stopped stopped = driver.stopped();
    Answer.Stopped end = stopped == null ? Answer.Stopped.session() : stopped;
    if (end.cause() instanceof JournalException) {
      return new JournalException(end.reason(), end.cause());
    }
    return switch (end.why()) {
      case CLOSED -> new SessionClosedException(end.reason(), end.cause());
      case UNAVAILABLE -> new ClusterUnavailableException(end.reason(), end.cause());
      case OTHER_MAIN -> new CodeMismatchException(end.reason(), end.cause());
    };
  }

  /// Gives a handle back; does nothing if it was before or the session is closed.
  void drop(Handle handle) {
    handles.drop(handle);
  }

  /// How references get into encoded values and out of them.
  HandleHooks hooks() {
    return hooks;
  }

  /// Bytes that record logs have sent from here so far, answers included.
  long replicatedBytes() {
    return surroundings.replicatedBytes();
  }

  /// What `question` makes of the state of the core between two events.
  <T> T look(Function<CoreView, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    driver.ask(core -> {
      try {
        answer.complete(question.apply(core.view()));
      } catch (RuntimeException | Error e) {
        answer.completeExceptionally(e);
      }
    });
    return answer.join();
  }

  /// Stops everything, interrupts what runs, and waits for threads to end, for those of tasks until
  /// `deadlineNs` of [System#nanoTime]. Returns the names of threads that go on nevertheless.
  List<String> close(long deadlineNs) {
    driver.stop(Answer.Stopped.session());
    List<String> left = executor.close(deadlineNs);
    timer.close();
    handles.close();
    store.clear();
    return left;
  }
}
