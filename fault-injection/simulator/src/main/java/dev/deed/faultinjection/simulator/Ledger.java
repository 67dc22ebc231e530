package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Argument;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.TaskOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What really happened, as only the simulator can know it: who called what, which executions began
/// and how they ended, where values lay. Checkers compare it with what the cores say.
final class Ledger {
  /// A task within one estate.
  record Name(TaskId task, EstateId estate) {
    static Name of(Reference reference) {
      return new Name(reference.object().task(), reference.estate());
    }
  }

  /// All that is known of a task.
  static final class Facts {
    final TaskSpec spec;
    final EstateId estate;
    final Script script;

    /// Workers on which an execution began, in order, one entry for each.
    final List<Node> executions = new ArrayList<>();

    /// Workers that ever had a copy of a result.
    final Set<Node> places = new HashSet<>();

    final Set<Integer> runs = new HashSet<>();

    /// The values that it was called with, each time: a main that begins again may get in time what
    /// the one before had waited for too long.
    final Set<Reference> upstream = new LinkedHashSet<>();

    /// How often it was called: a parent that is executed again in the same estate calls it again.
    int calls;

    int threw;
    int returned;

    Facts(TaskSpec spec, EstateId estate, Script script) {
      this.spec = spec;
      this.estate = estate;
      this.script = script;
    }

    /// Workers that are gone and had executed it or held a copy.
    int losses() {
      Set<Node> lost = new HashSet<>(executions);
      lost.addAll(places);
      lost.removeIf(node -> !node.gone() && node.world.log.truth().lives(node.id));
      return lost.size();
    }
  }

  /// All that is known of a put.
  ///
  /// @param times how often it was made: a parent that is executed again in the same estate makes
  ///   it again
  /// @param copies how many workers were to keep one
  /// @param keeping what it asked of its owner's heirs
  record PutFacts(Node owner, boolean stored, int times, int copies, Keeping keeping) {}

  /// No program is nested deeper.
  private static final int DEEPEST = 64;

  private final World world;
  private final Map<Name, Facts> tasks = new HashMap<>();

  /// The same by id alone: a task that is called again by another executor is in two estates.
  private final Map<TaskId, List<Facts>> byId = new HashMap<>();

  private final Map<Reference, PutFacts> puts = new HashMap<>();
  private final Map<Reference, Set<Long>> digests = new HashMap<>();
  private final Map<Name, Long> madeIn = new HashMap<>();
  private final Set<Name> cancelAsked = new HashSet<>();
  private long executions;
  private boolean lineageEvicted;

  Ledger(World world) {
    this.world = world;
  }

  void submitted(TaskSpec spec, EstateId estate, Script script) {
    Name name = new Name(spec.id(), estate);
    Facts facts = tasks.get(name);
    if (facts == null) {
      facts = new Facts(spec, estate, script);
      tasks.put(name, facts);
      byId.computeIfAbsent(spec.id(), _ -> new ArrayList<>(1)).add(facts);
    }
    facts.calls++;
    spec.arguments().stream().map(Argument::reference).forEach(facts.upstream::add);
    madeIn.put(name, world.successions.epoch(estate));
  }

  /// The server of the estate takes in a call or put that makes it.
  void madeAgain(Reference reference) {
    madeIn.put(Name.of(reference), world.successions.epoch(reference.estate()));
  }

  /// The epoch of the estate when the object was last put or its task last called.
  long madeInEpoch(Reference reference) {
    return madeIn.getOrDefault(Name.of(reference), 1L);
  }

  void put(Reference reference, boolean stored, Node owner, int copies, Keeping keeping) {
    int before = putOf(reference).map(PutFacts::times).orElse(0);
    puts.put(reference, new PutFacts(owner, stored, before + 1, stored ? copies : 1, keeping));
  }

  /// An execution has begun.
  void began(Node node, Executor.Job job) {
    executions++;
    Facts facts = facts(job);
    if (facts.runs.contains(job.spec().run()) && !facts.executions.isEmpty()) {
      world.marks.hit(
          facts.returned > 0
              ? Marks.Mark.REEXECUTED_FOR_VALUE
              : Marks.Mark.REEXECUTED_FOR_EXECUTOR);
    }
    if (job.spec().run() > 0) {
      world.marks.hit(Marks.Mark.RUN_REPEATED);
    }
    facts.runs.add(job.spec().run());
    facts.executions.add(node);
  }

  void finished(Executor.Job job, TaskOutcome outcome) {
    Facts facts = facts(job);
    switch (outcome) {
      case TaskOutcome.Returned _ -> facts.returned++;
      case TaskOutcome.Threw _ -> facts.threw++;
      case TaskOutcome.Cancelled _, TaskOutcome.Diverged _ -> {}
    }
  }

  private Facts facts(Executor.Job job) {
    Facts facts = tasks.get(new Name(job.spec().id(), job.estate()));
    if (facts == null) {
      throw new ViolationException("core", "nobody called " + job.spec().id());
    }
    return facts;
  }

  Optional<Facts> task(Reference reference) {
    return task(Name.of(reference));
  }

  Optional<Facts> task(Name name) {
    return Optional.ofNullable(tasks.get(name));
  }

  Optional<PutFacts> putOf(Reference reference) {
    return Optional.ofNullable(puts.get(reference));
  }

  /// What was asked of the heirs for the object.
  Keeping keeping(Reference reference) {
    return task(reference)
        .map(facts -> facts.spec.terms().keeping())
        .or(() -> putOf(reference).map(PutFacts::keeping))
        .orElse(Keeping.ESTATE);
  }

  /// A store has a copy now.
  void copied(Node node, Reference reference) {
    Facts facts = tasks.get(Name.of(reference));
    if (facts != null) {
      facts.places.add(node);
    }
  }

  /// An execution has made a value with this digest.
  void made(Reference reference, long digest) {
    digests.computeIfAbsent(reference, _ -> new HashSet<>()).add(digest);
  }

  /// Whether some execution made a value with this digest.
  boolean wasMade(Reference reference, long digest) {
    return puts.containsKey(reference)
        ? digest == Values.digest(reference.object())
        : digests.getOrDefault(reference, Set.of()).contains(digest);
  }

  void cancelAsked(Reference reference) {
    cancelAsked.add(Name.of(reference));
  }

  /// Whether a cancel of the task or of one above it, the deadline of one above it, or the death of
  /// an owner can have ended it. That one above it threw, or was lost, is no reason.
  boolean mayBeCancelled(Reference reference) {
    Facts facts = tasks.get(Name.of(reference));
    return facts != null && mayBeCancelled(facts, 0);
  }

  private boolean mayBeCancelled(Facts facts, int depth) {
    if (cancelAsked.contains(new Name(facts.spec.id(), facts.estate))
        || world.log.truth().closed(facts.estate)
        || world.lost(new Reference(facts.spec.result(0), facts.estate))
        || isUnwanted(facts)) {
      return true;
    }
    for (Facts parent : byId.getOrDefault(facts.spec.parent(), List.of())) {
      if (parent.spec.terms().timeoutNs() > 0
          || isStoppedUnknown(parent)
          || (depth < DEEPEST && mayBeCancelled(parent, depth + 1))) {
        return true;
      }
    }
    return false;
  }

  /// Whether an execution of the task may have been stopped since its owner died, and the successor
  /// did not know of it: the task has been called again since.
  private boolean isStoppedUnknown(Facts facts) {
    return facts.calls > 1 && world.successions.moves(facts.estate) > 0;
  }

  /// Whether the task's owner died, and no program has a handle of its results: it was kept for its
  /// parent, and that has ended.
  private boolean isUnwanted(Facts facts) {
    if (world.successions.moves(facts.estate) == 0) {
      return false;
    }
    for (Node node : world.nodes) {
      for (Reference held : world.living(node) ? node.handles() : List.<Reference>of()) {
        if (Name.of(held).equals(new Name(facts.spec.id(), facts.estate))) {
          return false;
        }
      }
    }
    return true;
  }

  long executions() {
    return executions;
  }

  void lineageEvicted() {
    lineageEvicted = true;
  }

  boolean wasLineageEvicted() {
    return lineageEvicted;
  }
}
