package dev.deed.futures.runtime;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CancelMode;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Effects;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Event;
import dev.deed.ownership.LongTable;
import dev.deed.ownership.Message;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.TaskOutcome;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes the core's orders during a batch and carries them out at its end, in the order of the
/// output stages: replicate, send, run, answer. Used by the drainer alone.
final class CoreEffects implements Effects {
  private static final System.Logger LOG = System.getLogger("dev.deed");

  /// An answer with the one who waits for it.
  private record Due(Waiter waiter, long request, Answer answer) {}

  private final Surroundings surroundings;
  private final TaskExecutor executor;
  private final SubmitGate gate;
  private final LongTable<Waiter> waiters = new LongTable<>();
  private final LongTable<TaskRun> runs = new LongTable<>();
  private final ArrayDeque<Event> events = new ArrayDeque<>();
  private boolean waitedFor;
  private Answer.@Nullable Stopped end;
  private List<TaskRun> starting = new ArrayList<>();
  private List<Due> answers = new ArrayList<>();

  CoreEffects(Surroundings surroundings, TaskExecutor executor, SubmitGate gate) {
    this.surroundings = surroundings;
    this.executor = executor;
    this.gate = gate;
  }

  /// Remembers who asks, for all requests in `event`.
  void expect(Event event, Waiter waiter) {
    switch (event) {
      case Event.Get get -> waiters.put(get.request(), waiter);
      case Event.Await await -> waiters.put(await.request(), waiter);
      case Event.Reserve reserve -> waiters.put(reserve.request(), waiter);
      case Event.Batch batch -> batch.events().forEach(part -> expect(part, waiter));
      default -> {
        // Nothing is asked.
      }
    }
  }

  /// Notes what an event ends, and whether anybody waits for what it leads to, before the core
  /// applies it.
  void applying(Event event) {
    switch (event) {
      case Event.Submit _, Event.Put _, Event.HandlesAdded _, Event.HandleDropped _ -> {
        // User code goes on.
        return;
      }
      case Event.Batch batch -> {
        batch.events().forEach(this::applying);
        return;
      }
      case Event.Finished finished -> runs.remove(finished.execution());
      case Event.GetAbandoned abandoned -> waiters.remove(abandoned.request());
      default -> {
        // Nothing ends.
      }
    }
    waitedFor = true;
  }

  /// The next event that carrying out an order has led to, or null.
  @Nullable Event pollEvent() {
    return events.poll();
  }

  boolean hasEvents() {
    return !events.isEmpty();
  }

  /// An event of the drainer itself, which may not publish one.
  void addEvent(Event event) {
    events.add(event);
  }

  /// Does what was ordered since the last time.
  void carryOut() {
    surroundings.endOfBatch(!waitedFor);
    waitedFor = false;
    if (!starting.isEmpty()) {
      executor.enqueue(starting);
      starting.clear();
    }
    if (!answers.isEmpty()) {
      for (Due due : answers) {
        if (!due.waiter.answer(due.request, due.answer) && due.answer instanceof Answer.Got) {
          events.add(new Event.ReadDone(due.request));
        }
      }
      answers.clear();
    }
  }

  /// Why the core that gives these orders can't go on; null while it can.
  Answer.@Nullable Stopped end() {
    return end;
  }

  /// Tells everyone who waits that there will be no answer.
  void stop(Answer.Stopped answer) {
    waiters.drain(waiter -> answers.add(new Due(waiter, 0, answer)));
    starting.clear();
    events.clear();
    gate.end();
    runs.drain(run -> run.cancel(CancelMode.INTERRUPT));
  }

  @Override
  public void send(WorkerId to, long era, Message message) {
    surroundings.send(to, era, message);
  }

  @Override
  public void replicate(WorkerId to, HeirMessage message) {
    surroundings.replicate(to, message);
  }

  @Override
  public void propose(Entry entry) {
    surroundings.propose(entry);
  }

  @Override
  public void closeLink(WorkerId peer) {
    surroundings.closeLink(peer);
  }

  @Override
  public void run(long execution, TaskSpec spec, int attempt, EstateId estate, EstateId home) {
    TaskRun run = executor.prepare(execution, spec, attempt, estate, home);
    runs.put(execution, run);
    starting.add(run);
  }

  @Override
  public void cancel(long execution, CancelMode mode) {
    TaskRun run = runs.get(execution);
    if (run != null && run.cancel(mode)) {
      events.add(new Event.Finished(execution, new TaskOutcome.Cancelled(), 0));
    }
  }

  @Override
  public void got(long request, Reference reference, Outcome outcome) {
    answer(request, new Answer.Got(request, reference, outcome));
  }

  @Override
  public void awaited(long request, int[] done) {
    BitSet positions = new BitSet();
    for (int position : done) {
      positions.set(position);
    }
    answer(request, new Answer.Awaited(positions));
  }

  @Override
  public void reserved(long request, boolean granted) {
    answer(request, new Answer.Reserved(granted));
  }

  private void answer(long request, Answer answer) {
    Waiter waiter = waiters.remove(request);
    if (waiter != null) {
      answers.add(new Due(waiter, request, answer));
    }
  }

  @Override
  public void fetch(long fetch, CopyName copy, long size, long digest, List<WorkerId> holders) {
    surroundings.fetch(fetch, copy, size, digest, holders);
  }

  @Override
  public void delete(CopyName copy) {
    surroundings.delete(copy);
  }

  @Override
  public void report(Report report) {
    if (report.kind() == Report.Kind.MAIN_DIFFERS) {
      end = Answer.Stopped.otherMain(report.text());
    }
    System.Logger.Level level =
        switch (report.kind()) {
          case LINEAGE_EVICTED,
              NONDETERMINISTIC,
              PROTOCOL_VIOLATION,
              DECLARED_DEAD,
              MAIN_DIFFERS,
              FEWER_COPIES ->
              System.Logger.Level.WARNING;
          // Who leaves in good order is inherited from as well.
          case INHERITED, REEXECUTED, UNREAD_FAILURE -> System.Logger.Level.DEBUG;
        };
    LOG.log(level, () -> report.kind() + ": " + report.text());
    surroundings.noticed(report);
  }
}
