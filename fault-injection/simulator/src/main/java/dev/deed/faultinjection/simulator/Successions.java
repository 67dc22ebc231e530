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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Invariants 5 and 7 where estates move: a successor has all that any heir which lives had when it
/// followed the death, and in `SYNC` it has all that anybody else has a reference to. What was lost
/// with a server, and only that, may be reported as such.
final class Successions implements Check {
  /// Somebody who served an estate, with its records complete.
  ///
  /// @param kept objects that it began with; empty for the creator
  private record Server(Node node, Set<ObjectId> kept) {}

  /// What an heir had when it followed the death of the server.
  record Cut(Node heir, long epoch, long batch, EstateContents contents) {
    boolean isBeyond(Cut other) {
      return epoch != other.epoch ? epoch > other.epoch : batch > other.batch;
    }
  }

  private final World world;
  private final Map<EstateId, List<Server>> servers = new HashMap<>();
  private final Map<EstateId, List<Cut>> cuts = new HashMap<>();

  Successions(World world) {
    this.world = world;
  }

  /// Whether the estate has ever passed from one server to another.
  boolean moved(EstateId estate) {
    return servers.containsKey(estate);
  }

  /// How often it has.
  int moves(EstateId estate) {
    return servers.getOrDefault(estate, List.of()).size();
  }

  /// Whether a server had a record of the object when it died, and the next one had none, and
  /// nobody has made it known again by the same call or put.
  boolean lost(Reference reference) {
    Node before = world.node(reference.estate().creator());
    boolean lost = false;
    List<Server> all = servers.getOrDefault(reference.estate(), List.of());
    for (int i = 0; i < all.size(); i++) {
      Server next = all.get(i);
      if (next.kept.contains(reference.object()) || world.ledger.madeAfterMoves(reference) > i) {
        lost = false;
      } else if (CoreState.of(before).own(reference).isPresent()) {
        lost = true;
      }
      before = next.node;
    }
    return lost;
  }

  /// Who served the estate before its present server.
  Node serverBefore(EstateId estate) {
    List<Server> all = servers.getOrDefault(estate, List.of());
    return all.size() < 2 ? world.node(estate.creator()) : all.get(all.size() - 2).node;
  }

  /// What the heirs of an estate had when they followed the death of its last server.
  List<Cut> cuts(EstateId estate) {
    return cuts.getOrDefault(estate, List.of());
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
        List<Cut> all = cuts.computeIfAbsent(estate, _ -> new ArrayList<>());
        all.removeIf(cut -> cut.heir == node);
        EstateContents contents = EstateContents.of(estate, image.records());
        all.add(new Cut(node, image.epoch(), image.batch(), contents));
      }
    }
  }

  @Override
  public void inherited(Node node, EstateId estate) {
    EstateContents contents = EstateContents.of(estate, node.core.view().estateRecords(estate));
    Cut best = null;
    for (Cut cut : cuts(estate)) {
      if ((cut.heir == node || world.living(cut.heir)) && (best == null || cut.isBeyond(best))) {
        best = cut;
      }
    }
    if (best == null) {
      throw new ViolationException("7 succession", node + " serves " + estate + " and no heir");
    }
    demand(node, estate, best, contents);
    servers
        .computeIfAbsent(estate, _ -> new ArrayList<>())
        .add(new Server(node, contents.objects()));
  }

  private void demand(Node node, EstateId estate, Cut best, EstateContents contents) {
    for (ObjectId object : best.contents.objects()) {
      if (!contents.objects().contains(object)
          && isIn(best, estate, cut -> cut.contents.objects().contains(object))) {
        throw missing(node, best, new Reference(object, estate));
      }
    }
    best.contents
        .tasks()
        .forEach((id, task) -> {
          if (!task.done()
              && !contents.tasks().containsKey(id)
              && isIn(best, estate, cut -> cut.contents.tasks().containsKey(id))) {
            throw missing(node, best, id);
          }
        });
  }

  /// Whether no heir that has died by now, and may have told it before, knew that it had gone.
  private boolean isIn(Cut best, EstateId estate, Predicate<Cut> has) {
    return cuts(estate).stream().filter(cut -> cut.isBeyond(best)).allMatch(has);
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
