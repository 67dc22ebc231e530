package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Failure;
import dev.deed.ownership.Member;
import dev.deed.ownership.Message;
import dev.deed.ownership.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Invariants 5 and 7, the errors: whoever is given an error is given a true one. An object is
/// called lost only when a death took it and its task may not be repeated, owner-died only when its
/// owner is dead, cancelled only when somebody cancelled, and so on, for itself or for what it was
/// made from.
final class TruthCheck implements Check {
  private final World world;
  private final Map<Ledger.Name, Set<Integer>> attempts = new HashMap<>();

  TruthCheck(World world) {
    this.world = world;
  }

  @Override
  public void sent(Node from, Node to, Message message) {
    if (message instanceof Message.TaskPush push) {
      attempted(new Ledger.Name(push.spec().id(), push.estate()), push.attempt());
    }
  }

  @Override
  public void started(Node node, Executor.Job job) {
    attempted(new Ledger.Name(job.spec().id(), job.estate()), job.attempt());
  }

  private void attempted(Ledger.Name task, int attempt) {
    attempts.computeIfAbsent(task, _ -> new HashSet<>()).add(attempt);
  }

  @Override
  public void got(Node node, long request, Reference reference, Outcome outcome) {
    if (!(outcome instanceof Outcome.Failed(Failure failure))) {
      return;
    }
    if (failure.kind() == Failure.Kind.OWNER_DIED) {
      world.marks.hit(Marks.Mark.OWNER_DIED);
    }
    if (!isTrue(node, failure.kind(), reference)) {
      throw new ViolationException(
          "5 true error", node + " was told of " + reference + " what is not true: " + failure);
    }
  }

  private boolean isTrue(Node node, Failure.Kind kind, Reference reference) {
    return switch (kind) {
      case OWNER_DIED ->
          upstream(
              reference,
              r ->
                  (world.log.truth().closed(r.estate()) && !world.givenUp(r.estate()))
                      || world.lost(r));
      case TASK_FAILED -> task(reference, facts -> facts.threw > 0);
      case TASK_CANCELLED -> upstream(reference, world.ledger::mayBeCancelled);
      case WORKER_LOST, LOST_RETRIES_EXHAUSTED ->
          someDeath() && task(reference, facts -> attemptsOf(facts) > facts.spec.terms().retries());
      case LOST_NO_LINEAGE ->
          someDeath() && task(reference, facts -> facts.spec.terms().retries() == 0);
      case LOST_LINEAGE_EVICTED -> someDeath() && world.ledger.wasLineageEvicted();
      case LOST_PUT ->
          upstream(
              reference,
              r ->
                  world
                      .ledger
                      .putOf(r)
                      .map(put -> put.stored() && world.replicas.mayBeLost(r, put))
                      .orElse(false));
      case LOST_UPSTREAM -> someDeath();
      case DEADLINE -> task(reference, facts -> facts.spec.terms().timeoutNs() > 0);
      case OUT_OF_STORAGE -> true;
      case RESOURCES_UNAVAILABLE -> world.wasWithoutWorkers() || task(reference, this::fitsNowhere);
      case CLUSTER_UNAVAILABLE -> world.log.truth().dead(node.id);
      case NOT_SERIALIZABLE, CODE_MISMATCH -> false;
    };
  }

  private boolean someDeath() {
    return world.log.truth().lastDeath() > 0;
  }

  /// Attempts that are known. One that its owner had recorded, and that never left it, may be lost
  /// with the owner: a successor takes it for one that may have run.
  private int attemptsOf(Ledger.Facts facts) {
    Ledger.Name name = new Ledger.Name(facts.spec.id(), facts.estate);
    return attempts.getOrDefault(name, Set.of()).size() + world.successions.moves(facts.estate);
  }

  private boolean fitsNowhere(Ledger.Facts facts) {
    for (Member member : world.log.truth().members()) {
      if (!member.driver()
          && facts.spec.terms().demand().fitsInto(member.capacity())
          && isAllowed(facts.spec.terms().placement(), member)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAllowed(Placement placement, Member member) {
    return !(placement instanceof Placement.OnWorker(WorkerId only)) || only.equals(member.id());
  }

  private boolean task(Reference reference, Predicate<Ledger.Facts> holds) {
    return upstream(reference, r -> world.ledger.task(r).filter(holds).isPresent());
  }

  /// Whether the predicate holds for the object or for anything that it was made from.
  private boolean upstream(Reference reference, Predicate<Reference> holds) {
    Set<Reference> seen = new HashSet<>(List.of(reference));
    Deque<Reference> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      Reference next = open.poll();
      if (holds.test(next)) {
        return true;
      }
      world
          .ledger
          .task(next)
          .ifPresent(facts -> {
            for (Reference above : facts.upstream) {
              if (seen.add(above)) {
                open.add(above);
              }
            }
          });
    }
    return false;
  }
}
