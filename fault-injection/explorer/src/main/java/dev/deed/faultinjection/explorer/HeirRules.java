package dev.deed.faultinjection.explorer;

import dev.deed.faultinjection.simulator.ClusterView;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Entry;
import dev.deed.ownership.EstateContents;
import dev.deed.ownership.Hold;
import dev.deed.ownership.MembershipLog;
import dev.deed.ownership.Message;
import dev.deed.ownership.Message.EstateMessage;
import dev.deed.ownership.heirs.EstateImage;
import dev.deed.ownership.heirs.HeirsConfig.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What must be true of estates with heirs: what leaves a server before its heirs know why, what a
/// successor has, who serves an estate, and what is left at an end.
final class HeirRules {
  private final Cast cast;
  private final LocalState.Table states;
  private final LogState.Table logs;
  private final Known known;

  HeirRules(Cast cast, LocalState.Table states, LogState.Table logs, Known known) {
    this.cast = cast;
    this.states = states;
    this.logs = logs;
    this.known = known;
  }

  /// Whether any estate ever has heirs.
  boolean wanted() {
    return cast.configuration.heirs().wanted();
  }

  private @Nullable LocalState local(WorldState world, int worker) {
    return world.gone(worker) ? null : states.get(world.locals[worker]);
  }

  private boolean living(WorldState world, int worker) {
    return !world.gone(worker) && logs.get(world.log).truth.lives(cast.id(worker));
  }

  // --- steps ------------------------------------------------------------------------------------

  /// What is wrong with a step from a state; null where nothing is.
  ///
  /// @param view shows the state
  @Nullable String brokenBy(
      WorldState world, ClusterView view, int worker, LocalState before, LocalState.Step step) {
    for (EstateId estate : step.next().inherited) {
      if (!before.serves(estate)) {
        String missing = missing(world, worker, estate, step.next().contents(estate));
        if (missing != null) {
          return missing;
        }
      }
    }
    for (Reference reference : step.orders().orphaned()) {
      if (view.server(reference.estate()).isPresent() && !view.lost(reference)) {
        return "5 true error: "
            + cast.name(worker)
            + " is told that the owner of "
            + cast.name(reference)
            + " has died, whose record has outlived it";
      }
    }
    for (Letter letter : step.sends()) {
      String early = early(world, worker, step, letter);
      if (early != null) {
        return early;
      }
    }
    return null;
  }

  /// Invariant 7: a successor has all that any living heir of the dead server had.
  private @Nullable String missing(
      WorldState world, int worker, EstateId estate, EstateContents contents) {
    LocalState.Image best = null;
    for (int heir = 0; heir < cast.size(); heir++) {
      LocalState state = local(world, heir);
      LocalState.Image image = state == null ? null : state.images.get(estate);
      if (image != null && living(world, heir) && (best == null || image.isBeyond(best))) {
        best = image;
      }
    }
    if (best == null) {
      return "7 succession: "
          + cast.name(worker)
          + " serves an estate of which nobody has an image";
    }
    for (ObjectId object : best.contents().objects()) {
      if (!contents.objects().contains(object)) {
        return missing(worker, "object", cast.name(object));
      }
    }
    for (Map.Entry<TaskId, EstateContents.Task> task : best.contents().tasks().entrySet()) {
      if (!task.getValue().done() && !contents.tasks().containsKey(task.getKey())) {
        return missing(worker, "task", cast.name(task.getKey()));
      }
    }
    return null;
  }

  private String missing(int worker, String what, String name) {
    return "7 succession: "
        + cast.name(worker)
        + " has no record of the "
        + what
        + " "
        + name
        + ", which an heir had";
  }

  // --- the gate ---------------------------------------------------------------------------------

  /// Invariant 3: nothing is acknowledged or given up before all full heirs know why, and no task
  /// without retries goes out before they know where.
  private @Nullable String early(
      WorldState world, int worker, LocalState.Step step, Letter letter) {
    Message message = letter.message();
    return switch (message) {
      case Message.EstateAck(EstateId estate, long through) -> {
        WorkerId to = cast.id(letter.to());
        boolean known =
            fullImages(world, worker, step.next(), estate).stream()
                .allMatch(image -> image.applied().getOrDefault(to, 0L) >= through);
        yield known ? null : early(worker, "acknowledges " + through + " to " + cast.name(to));
      }
      case Message.FreeCopy(CopyName copy) -> {
        EstateId estate = copy.reference().estate();
        WorkerId holder = cast.id(letter.to());
        boolean known =
            fullImages(world, worker, step.next(), estate).stream()
                .noneMatch(image -> image.copies().getOrDefault(copy, List.of()).contains(holder));
        yield known ? null : early(worker, "frees a copy of " + cast.name(copy.reference()));
      }
      case Message.ToEstate(EstateId estate, _, EstateMessage.Registration(ObjectId id, Hold hold))
          when hold == Hold.NONE ->
          unregisters(world, worker, step.next(), new Reference(id, estate));
      case Message.TaskPush push -> {
        String early = pushes(world, worker, step.next(), letter.to(), push);
        yield early != null ? early : leave(world, worker, step.next(), push.spec().carried());
      }
      case Message.ValueAnswer answer ->
          leave(world, worker, step.next(), answer.outcome().references());
      default -> null;
    };
  }

  private String early(int worker, String does) {
    return "3 gate: " + cast.name(worker) + " " + does + ", and a full heir does not know why";
  }

  private @Nullable String unregisters(
      WorldState world, int worker, LocalState state, Reference reference) {
    if (cast.configuration.heirs().mode() == Mode.SYNC) {
      // It was decided when the message began to wait; it may be held once more by now.
      return null;
    }
    for (EstateId estate : served(state)) {
      // One that is held again by now is registered again, behind this.
      if (!state.contents(estate).held().contains(reference)) {
        for (EstateContents image : fullImages(world, worker, state, estate)) {
          if (image.held().contains(reference)) {
            return early(worker, "unregisters " + cast.name(reference));
          }
        }
      }
    }
    return null;
  }

  private List<EstateId> served(LocalState state) {
    List<EstateId> all = new ArrayList<>(state.inherited);
    all.add(cast.estate(state.worker));
    return all;
  }

  private @Nullable String pushes(
      WorldState world, int worker, LocalState state, int executor, Message.TaskPush push) {
    if (push.spec().terms().retries() > 0) {
      return null;
    }
    for (EstateContents image : fullImages(world, worker, state, push.estate())) {
      EstateContents.Task task = image.tasks().get(push.spec().id());
      if (task == null
          || !task.pushed()
          || task.attempt() != push.attempt()
          || !cast.id(executor).equals(task.executor())) {
        return early(worker, "pushes " + cast.name(push.spec().id()));
      }
    }
    return null;
  }

  /// In `SYNC` no reference leaves before the heirs know its object.
  private @Nullable String leave(
      WorldState world, int worker, LocalState state, List<Reference> references) {
    if (cast.configuration.heirs().mode() != Mode.SYNC) {
      return null;
    }
    for (Reference reference : references) {
      if (state.serves(reference.estate()) && state.own(reference).isPresent()) {
        for (EstateContents image : fullImages(world, worker, state, reference.estate())) {
          if (!image.objects().contains(reference.object())) {
            return early(worker, "hands " + cast.name(reference) + " on");
          }
        }
      }
    }
    return null;
  }

  /// The images of those whom a server knows to be full heirs, and who have not followed its death.
  private List<EstateContents> fullImages(
      WorldState world, int worker, LocalState state, EstateId estate) {
    List<EstateContents> full = new ArrayList<>();
    if (!state.serves(estate)) {
      return full;
    }
    MembershipLog log = logs.prefix(logs.get(world.log), state.followed).truth;
    for (Entry.Heir heir : log.heirs(estate)) {
      LocalState other = heir.full() ? local(world, cast.worker(heir.worker())) : null;
      LocalState.Image image = other == null ? null : other.images.get(estate);
      if (other != null && image != null && !knowsDead(world, other, worker)) {
        full.add(image.contents());
      }
    }
    return full;
  }

  private boolean knowsDead(WorldState world, LocalState state, int worker) {
    long death = logs.get(world.log).truth.deathOf(cast.id(worker));
    return death > 0 && state.followed >= death;
  }

  // --- states -----------------------------------------------------------------------------------

  /// Invariant 2: once somebody serves an estate after another, every member has followed that
  /// one's death, so that nobody applies anything more of it.
  @Nullable String fence(WorldState world) {
    LogState log = logs.get(world.log);
    for (Map.Entry<EstateId, Integer> passed : log.passed.entrySet()) {
      WorkerId server = log.truth.server(passed.getKey()).orElse(null);
      LocalState serving = server == null ? null : local(world, cast.worker(server));
      if (serving == null || !serving.serves(passed.getKey())) {
        continue;
      }
      for (int member = 0; member < cast.size(); member++) {
        LocalState state = local(world, member);
        if (state != null && living(world, member) && state.followed < passed.getValue()) {
          return "2 one server: "
              + cast.name(serving.worker)
              + " serves "
              + cast.name(passed.getKey())
              + "'s estate, and "
              + cast.name(member)
              + " has not followed the death of the one before";
        }
      }
    }
    return null;
  }

  /// Invariant 8: no task without retries is executed twice by workers that live, as long as the
  /// server of its estate has its record. (Of one whose record had gone, or was lost, nothing is
  /// known when a parent that is executed again calls it again.)
  @Nullable String executions(WorldState world) {
    Map<Reference, Integer> sum = new HashMap<>();
    for (int worker = 0; worker < cast.size(); worker++) {
      LocalState state = local(world, worker);
      if (state != null && living(world, worker)) {
        state.once.forEach((task, count) -> sum.merge(task, count, Integer::sum));
      }
    }
    for (Map.Entry<Reference, Integer> entry : sum.entrySet()) {
      Reference task = entry.getKey();
      int set = world.known[cast.worker(task.estate().creator())];
      if (entry.getValue() > 1 && (set == 0 || known.get(set).kept().contains(task.object()))) {
        return "8 executions: " + cast.name(task) + ", without retries, was executed twice";
      }
    }
    return null;
  }

  // --- ends -------------------------------------------------------------------------------------

  /// What is wrong with an end; null where nothing is: each estate that is left is its creator's,
  /// has as many full heirs as it can have, and they have exactly its records; these say nothing
  /// but how far streams are applied.
  @Nullable String brokenAtRest(WorldState world) {
    MembershipLog truth = logs.get(world.log).truth;
    for (int worker = 0; worker < cast.size(); worker++) {
      LocalState state = local(world, worker);
      if (state == null) {
        continue;
      }
      if (!state.inherited.isEmpty()) {
        return "4 heirs: " + cast.name(worker) + " serves " + named(state.inherited) + " for ever";
      }
      Map<Long, byte[]> records =
          states.revive(state).core.view().estateRecords(cast.estate(worker));
      if (records.size() != state.contents(cast.estate(worker)).applied().size()) {
        return "4 heirs: "
            + cast.name(worker)
            + " has more in its records than streams: "
            + text(records);
      }
      String wrong = heirs(world, worker, truth.heirs(cast.estate(worker)), records);
      if (wrong != null) {
        return wrong;
      }
      Set<EstateId> images = state.images.keySet();
      for (EstateId estate : images) {
        if (truth.heirs(estate).stream()
            .noneMatch(heir -> heir.worker().equals(cast.id(state.worker)))) {
          return "4 heirs: " + cast.name(worker) + " keeps an image of " + cast.name(estate);
        }
      }
    }
    return null;
  }

  private @Nullable String heirs(
      WorldState world, int worker, List<Entry.Heir> heirs, Map<Long, byte[]> records) {
    long others = 0;
    for (int other = 0; other < cast.size(); other++) {
      boolean driver = cast.configuration.workers().get(other).cpus() == 0;
      others += other != worker && !driver && living(world, other) ? 1 : 0;
    }
    int wanted = cast.configuration.heirs().counts().getOrDefault(cast.name(worker), 0);
    String whose = "4 heirs: of " + cast.name(worker) + "'s estate ";
    if (heirs.size() != Math.min(others, wanted)) {
      return whose + "there are " + heirs.size() + " heirs";
    }
    for (Entry.Heir heir : heirs) {
      String name = cast.name(heir.worker());
      LocalState state = local(world, cast.worker(heir.worker()));
      EstateImage image =
          state == null ? null : states.revive(state).core.view().image(cast.estate(worker));
      if (!heir.full() || image == null) {
        return whose + "the heir " + name + " is never full";
      }
      Map<Long, byte[]> has = image.records();
      if (has.size() != records.size()
          || records.entrySet().stream()
              .anyMatch(one -> !Arrays.equals(has.get(one.getKey()), one.getValue()))) {
        return whose + "the heir " + name + " has " + text(has) + ", and not " + text(records);
      }
    }
    return null;
  }

  private String named(List<EstateId> estates) {
    return String.join(
        ", ", estates.stream().map(estate -> cast.name(estate) + "'s estate").toList());
  }

  private static String text(Map<Long, byte[]> records) {
    return records.values().stream().map(EstateContents::describe).toList().toString();
  }
}
