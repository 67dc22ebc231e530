package dev.deed.faultinjection.simulator;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.EstateContents;
import dev.deed.ownership.Event;
import dev.deed.ownership.heirs.EstateImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Invariants 5 and 7 where estates move: a successor has all that any heir which lives had when it
/// followed the death, and in `SYNC` it has all that anybody else has a reference to. What was lost
/// with a server, and only that, may be reported as such.
final class Successions implements Check {
  /// Somebody who served an estate, with its records complete.
  ///
  /// @param kept objects that it began with
  private record Server(Node node, Set<ObjectId> kept) {}

  /// The time of one server of an estate.
  private record Term(EstateId estate, long epoch) {}

  /// What an heir had when it followed the death of the server.
  record Cut(Node heir, long epoch, long batch, EstateContents contents) {
    boolean isBeyond(Cut other) {
      return epoch != other.epoch ? epoch > other.epoch : batch > other.batch;
    }
  }

  private final World world;

  /// By epoch: one that is dead by the log, and does not know it, may become server after the next.
  private final Map<EstateId, NavigableMap<Long, Server>> servers = new HashMap<>();

  /// By the term that began with the death.
  private final Map<Term, List<Cut>> cuts = new HashMap<>();

  Successions(World world) {
    this.world = world;
  }

  /// Whether the estate has ever passed from one server to another.
  boolean moved(EstateId estate) {
    return servers.containsKey(estate);
  }

  /// How often it has.
  int moves(EstateId estate) {
    return of(estate).size();
  }

  /// The epoch of the last server of whom that is known; 1 for the creator.
  long epoch(EstateId estate) {
    return moved(estate) ? of(estate).lastKey() : 1;
  }

  private NavigableMap<Long, Server> of(EstateId estate) {
    return servers.getOrDefault(estate, Collections.emptyNavigableMap());
  }

  /// Whether a server had a record of the object when it died, and the next one had none, and
  /// nobody has made it known again by the same call or put.
  boolean lost(Reference reference) {
    Node before = world.node(reference.estate().creator());
    boolean lost = false;
    for (Map.Entry<Long, Server> one : of(reference.estate()).entrySet()) {
      Server next = one.getValue();
      if (next.kept.contains(reference.object())
          || world.ledger.madeInEpoch(reference) >= one.getKey()) {
        lost = false;
      } else if (CoreState.of(before).own(reference).isPresent()) {
        lost = true;
      }
      before = next.node;
    }
    return lost;
  }

  /// Who served the estate before the server of `epoch`.
  Node serverBefore(EstateId estate, long epoch) {
    Map.Entry<Long, Server> before = of(estate).lowerEntry(epoch);
    return before == null ? world.node(estate.creator()) : before.getValue().node;
  }

  /// What the heirs of an estate had when they followed the death with which `epoch` began.
  List<Cut> cuts(EstateId estate, long epoch) {
    return cuts.getOrDefault(new Term(estate, epoch), List.of());
  }

  @Override
  public void applying(Node node, Event event) {
    if (!(event instanceof Event.EntryFollowed(_, Entry.Death(WorkerId dead, _, _)))
        || !node.core.view().log().lives(dead)) {
      return;
    }
    for (EstateId estate : node.core.view().log().servedBy(dead)) {
      EstateImage image = node.core.view().image(estate);
      if (image != null && image.batch() > 0) {
        EstateContents contents = EstateContents.of(estate, image.records());
        Term next = new Term(estate, node.core.view().log().epoch(estate) + 1);
        cuts.computeIfAbsent(next, _ -> new ArrayList<>())
            .add(new Cut(node, image.epoch(), image.batch(), contents));
      }
    }
  }

  @Override
  public void inherited(Node node, EstateId estate) {
    EstateContents contents = EstateContents.of(estate, node.core.view().estateRecords(estate));
    long epoch = node.core.view().log().epoch(estate);
    Cut best = null;
    List<Cut> cuts = cuts(estate, epoch);
    for (Cut cut : cuts) {
      if ((cut.heir == node || world.living(cut.heir)) && (best == null || cut.isBeyond(best))) {
        best = cut;
      }
    }
    if (best == null) {
      throw new ViolationException("7 succession", node + " serves " + estate + " and no heir");
    }
    demand(node, cuts, best, contents);
    servers
        .computeIfAbsent(estate, _ -> new TreeMap<>())
        .put(epoch, new Server(node, contents.objects()));
  }

  private static void demand(Node node, List<Cut> cuts, Cut best, EstateContents contents) {
    for (ObjectId object : best.contents.objects()) {
      if (!contents.objects().contains(object)
          && isIn(best, cuts, cut -> cut.contents.objects().contains(object))) {
        throw missing(node, best, object);
      }
    }
    best.contents
        .tasks()
        .forEach((id, task) -> {
          if (!task.done()
              && !contents.tasks().containsKey(id)
              && isIn(best, cuts, cut -> cut.contents.tasks().containsKey(id))) {
            throw missing(node, best, id);
          }
        });
  }

  /// Whether no heir that has died by now, and may have told it before, knew that it had gone.
  private static boolean isIn(Cut best, List<Cut> cuts, Predicate<Cut> has) {
    return cuts.stream().filter(cut -> cut.isBeyond(best)).allMatch(has);
  }

  private static ViolationException missing(Node node, Cut best, Object what) {
    return new ViolationException(
        "7 succession",
        node
            + " has no record of "
            + what
            + ", which "
            + best.heir
            + " had in batch "
            + best.batch);
  }
}
