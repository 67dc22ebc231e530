package dev.deed.faultinjection.simulator;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.ObjectId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Entry;
import dev.deed.ownership.EstateContents;
import dev.deed.ownership.Hold;
import dev.deed.ownership.MembershipLog;
import dev.deed.ownership.Message;
import dev.deed.ownership.Message.EstateMessage;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.heirs.EstateImage;
import dev.deed.ownership.heirs.HeirsConfig.Mode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What waits for the heirs (protocol.md §2, §3): when an acknowledgement, a free, an
/// unregistration or the push of a task without retries leaves a server, the image of each full
/// heir has the reason; in `SYNC` also the record of each object to which a reference leaves.
final class GateCheck implements Check {
  private static final String NAME = "3 gate";

  /// One of so many acknowledgements is looked at: they are many.
  private static final int SAMPLED = 4;

  private record Place(Node heir, EstateId estate) {}

  private record Image(long epoch, long batch, EstateContents contents) {}

  private final World world;
  private final Map<Place, Image> images = new HashMap<>();
  private int acknowledgements;

  GateCheck(World world) {
    this.world = world;
  }

  @Override
  public void sent(Node from, Node to, Message message) {
    if (from.config.heirs().mode() == Mode.NONE) {
      return;
    }
    switch (message) {
      case Message.EstateAck(EstateId estate, long through) -> {
        if (acknowledgements++ % SAMPLED == 0) {
          acknowledges(from, to, estate, through);
        }
      }
      case Message.FreeCopy(CopyName copy) -> frees(from, to, copy);
      case Message.ToEstate(EstateId estate, _, EstateMessage.Registration(ObjectId id, Hold hold))
          when hold == Hold.NONE ->
          unregisters(from, new Reference(id, estate));
      case Message.TaskPush push -> {
        TaskSpec.Terms terms = push.spec().terms();
        if (terms.retries() == 0 || terms.keeping() == Keeping.SYNC) {
          pushes(from, to, push);
        }
        leave(from, push.spec().carried());
      }
      case Message.ValueAnswer answer -> {
        tells(from, answer.reference(), answer.outcome());
        leave(from, answer.outcome().references());
      }
      default -> {}
    }
  }

  @Override
  public void got(Node node, long request, Reference reference, Outcome outcome) {
    tells(node, reference, outcome);
    leave(node, outcome.references());
  }

  /// An outcome that is to survive is told when the heirs have it.
  private void tells(Node server, Reference reference, Outcome outcome) {
    // By now what waited to be told may be gone, here and at the heirs.
    if (outcome instanceof Outcome.Failed
        || world.ledger.keeping(reference) != Keeping.SYNC
        || CoreState.of(server).own(reference).isEmpty()) {
      return;
    }
    for (Image image : fullImages(server, reference.estate())) {
      if (!image.contents.objects().contains(reference.object())
          || (!image.contents.complete().contains(reference.object())
              && isDone(server, reference))) {
        throw early(server, "tells " + reference, reference.estate(), image);
      }
    }
  }

  /// Whether the server's own task has ended: else it was called anew, and what is told was made
  /// before.
  private static boolean isDone(Node server, Reference reference) {
    EstateContents.Task task =
        records(server, reference.estate()).tasks().get(reference.object().task());
    return task == null || task.done();
  }

  private void acknowledges(Node server, Node sender, EstateId estate, long through) {
    for (Image image : fullImages(server, estate)) {
      if (image.contents.applied().getOrDefault(sender.id, 0L) < through) {
        throw early(server, "acknowledges message " + through + " of " + sender, estate, image);
      }
    }
  }

  private void frees(Node server, Node holder, CopyName copy) {
    EstateId estate = copy.reference().estate();
    for (Image image : fullImages(server, estate)) {
      if (image.contents.copies().getOrDefault(copy, List.of()).contains(holder.id)) {
        throw early(server, "frees " + copy + " at " + holder, estate, image);
      }
    }
  }

  private void unregisters(Node holder, Reference reference) {
    if (holder.config.heirs().mode() == Mode.SYNC) {
      // It was decided when the message began to wait; by now the reference may have been held, and
      // covered, once more.
      return;
    }
    for (EstateId estate : holder.core.view().estates()) {
      for (Image image : fullImages(holder, estate)) {
        // It may hold it again by now: then it registers again, behind this.
        if (image.contents.held().contains(reference) && !holds(holder, estate, reference)) {
          throw early(holder, "unregisters " + reference, estate, image);
        }
      }
    }
  }

  private static boolean holds(Node server, EstateId estate, Reference reference) {
    return records(server, estate).held().contains(reference);
  }

  private static EstateContents records(Node server, EstateId estate) {
    return EstateContents.of(estate, server.core.view().estateRecords(estate));
  }

  private void pushes(Node server, Node executor, Message.TaskPush push) {
    for (Image image : fullImages(server, push.estate())) {
      EstateContents.Task task = image.contents.tasks().get(push.spec().id());
      if (task == null
          || !task.pushed()
          || task.attempt() != push.attempt()
          || !executor.id.equals(task.executor())) {
        throw early(server, "pushes " + push.spec().id(), push.estate(), image);
      }
    }
  }

  /// In `SYNC` no reference leaves before the heirs know its object.
  private void leave(Node server, List<Reference> references) {
    if (server.config.heirs().mode() != Mode.SYNC) {
      return;
    }
    for (Reference reference : references) {
      EstateId estate = reference.estate();
      if (CoreState.of(server).serves(estate) && CoreState.of(server).own(reference).isPresent()) {
        for (Image image : fullImages(server, estate)) {
          if (!image.contents.objects().contains(reference.object())) {
            throw early(server, "hands " + reference + " on", estate, image);
          }
        }
      }
    }
  }

  private static ViolationException early(Node server, String does, EstateId estate, Image image) {
    return new ViolationException(
        NAME,
        String.format(
            "%s %s, and a full heir's image of %s (epoch %d, batch %d) does not say why",
            server, does, estate, image.epoch, image.batch));
  }

  // --- images -----------------------------------------------------------------------------------

  /// The images of those whom the server knows to be full heirs, and who have not followed its
  /// death.
  private List<Image> fullImages(Node server, EstateId estate) {
    MembershipLog log = server.core.view().log();
    List<Image> full = new ArrayList<>();
    if (!log.server(estate).filter(server.id::equals).isPresent()) {
      return full;
    }
    for (Entry.Heir heir : log.heirs(estate)) {
      Node node = world.node(heir.worker());
      EstateImage image = heir.full() ? node.core.view().image(estate) : null;
      if (image != null && stillHeirOf(node, server.id)) {
        full.add(contents(node, estate, image));
      }
    }
    return full;
  }

  private static boolean stillHeirOf(Node heir, WorkerId server) {
    return !heir.core.view().log().dead(server);
  }

  private Image contents(Node heir, EstateId estate, EstateImage image) {
    Place place = new Place(heir, estate);
    Image known = images.get(place);
    if (known == null || known.epoch != image.epoch() || known.batch != image.batch()) {
      EstateContents contents = EstateContents.of(estate, image.records());
      known = new Image(image.epoch(), image.batch(), contents);
      images.put(place, known);
    }
    return known;
  }
}
