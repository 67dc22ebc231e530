package dev.deed.faultinjection.simulator;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Mixing;
import dev.deed.ownership.Entry;
import dev.deed.ownership.EstateContents;
import dev.deed.ownership.Event;
import dev.deed.ownership.heirs.EstateImage;
import dev.deed.ownership.heirs.HeirMessage;
import dev.deed.ownership.heirs.HeirsConfig;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The promise of the record log, and invariant 4 for images: an image is the records of the
/// estate's server as they were at the batch that it says it is; at rest each estate has as many
/// full heirs as it can have, their images are its records, and nothing is in them but how far
/// streams are applied.
final class ImageCheck implements Check {
  /// One of so many batches is compared.
  private static final int SAMPLED = 6;

  private record Cut(EstateId estate, long epoch, long batch) {}

  private final World world;
  private final Map<Cut, Map<Long, byte[]>> cuts = new HashMap<>();
  private final Set<EstateId> touched = new HashSet<>();

  ImageCheck(World world) {
    this.world = world;
  }

  @Override
  public void replicating(Node from, HeirMessage message) {
    if (message instanceof HeirMessage.Part part) {
      Cut cut = new Cut(part.estate(), part.epoch(), part.batch());
      if (isSampled(cut) && !cuts.containsKey(cut)) {
        cuts.put(cut, from.core.view().estateRecords(part.estate()));
      }
    }
  }

  private boolean isSampled(Cut cut) {
    long mixed = Mixing.mix(world.seed ^ cut.estate.creator().low(), cut.epoch, cut.batch);
    return Long.remainderUnsigned(mixed, SAMPLED) == 0;
  }

  @Override
  public void applying(Node node, Event event) {
    if (event instanceof Event.Replicated(_, HeirMessage.Part part)) {
      touched.add(part.estate());
    }
  }

  @Override
  public void stepped(Node node) {
    for (EstateId estate : touched) {
      EstateImage image = node.core.view().image(estate);
      Map<Long, byte[]> records =
          image == null ? null : cuts.get(new Cut(estate, image.epoch(), image.batch()));
      if (image != null && records != null) {
        compare(node, estate, image, records);
      }
    }
    touched.clear();
  }

  private static void compare(
      Node heir, EstateId estate, EstateImage image, Map<Long, byte[]> records) {
    Optional<String> difference = difference(image, records);
    if (difference.isPresent()) {
      throw new ViolationException(
          "3 image",
          String.format(
              "the image of %s at %s, batch %d of epoch %d, is not what the server had: %s",
              estate, heir, image.batch(), image.epoch(), difference.get()));
    }
  }

  private static Optional<String> difference(EstateImage image, Map<Long, byte[]> records) {
    Map<Long, byte[]> has = image.records();
    for (Map.Entry<Long, byte[]> record : records.entrySet()) {
      byte[] copy = has.get(record.getKey());
      if (copy == null) {
        return Optional.of("nothing for " + EstateContents.describe(record.getValue()));
      }
      if (!Arrays.equals(copy, record.getValue())) {
        return Optional.of(
            EstateContents.describe(copy)
                + " and not "
                + EstateContents.describe(record.getValue()));
      }
    }
    for (Map.Entry<Long, byte[]> record : has.entrySet()) {
      if (!records.containsKey(record.getKey())) {
        return Optional.of(EstateContents.describe(record.getValue()) + " is left");
      }
    }
    return Optional.empty();
  }

  // --- at rest ----------------------------------------------------------------------------------

  @Override
  public void quiescent() {
    unrest(world)
        .ifPresent(reason -> {
          throw new ViolationException("4 heirs", reason);
        });
  }

  /// What keeps the heirs of a cluster from being at rest.
  static Optional<String> unrest(World world) {
    for (Node node : world.nodes) {
      if (world.living(node) && node.config.heirs().mode() != HeirsConfig.Mode.NONE) {
        List<EstateId> served = node.core.view().estates();
        if (served.size() > 1) {
          return Optional.of(node + " serves " + served);
        }
        Optional<String> reason = unrest(world, node);
        if (reason.isPresent()) {
          return reason;
        }
      }
    }
    return strayImage(world);
  }

  private static Optional<String> unrest(World world, Node server) {
    Map<Long, byte[]> records = server.core.view().estateRecords(server.estate);
    EstateContents contents = EstateContents.of(server.estate, records);
    if (records.size() != contents.applied().size()) {
      return Optional.of(server + " has more than streams in its records: " + contents);
    }
    long others =
        world.nodes.stream()
            .filter(node -> node != server && world.living(node) && !node.member.driver())
            .count();
    List<Entry.Heir> heirs = world.log.truth().heirs(server.estate);
    if (heirs.size() != Math.min(others, server.config.heirs().count())) {
      return Optional.of(server + " has the heirs " + heirs);
    }
    for (Entry.Heir heir : heirs) {
      EstateImage image = world.node(heir.worker()).core.view().image(server.estate);
      if (!heir.full() || image == null) {
        return Optional.of(heir + " of " + server + " is not full");
      }
      Optional<String> difference = difference(image, records);
      if (difference.isPresent()) {
        return Optional.of(heir + " of " + server + ": " + difference.get());
      }
    }
    return Optional.empty();
  }

  /// An image at somebody who is no heir.
  private static Optional<String> strayImage(World world) {
    for (Node node : world.nodes) {
      for (Node creator : world.nodes) {
        boolean heir =
            world.log.truth().heirs(creator.estate).stream()
                .anyMatch(one -> one.worker().equals(node.id));
        if (world.living(node) && !heir && node.core.view().image(creator.estate) != null) {
          return Optional.of(node + " keeps an image of " + creator + "'s estate");
        }
      }
    }
    return Optional.empty();
  }
}
