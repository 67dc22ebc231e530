package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.ownership.heirs.EstateImage;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The estates of other workers that this one would serve after them (protocol.md §3).
final class Images {
  /*
   * State: for each estate of which this worker is an heir, its image.
   * Invariant: only the server that the membership log names, at its epoch, changes an image.
   * Failure: what has no room is declined, and another heir is taken.  A part that comes before the log
   * names this worker as an heir is dropped; the server sends it again.
   */
  private final CoreContext context;
  private final Map<EstateId, EstateImage> images = new LinkedHashMap<>();
  private final Map<EstateId, Restored> restored = new LinkedHashMap<>();

  /// What was read from a journal.
  ///
  /// @param main the task that had called and put what is in the estate, and begins again here
  record Restored(EstateImage image, TaskId main) {}

  Images(CoreContext context) {
    this.context = context;
  }

  /// The server of an estate sends more of it.
  void arrived(WorkerId from, HeirMessage.Part part) {
    EstateId estate = part.estate();
    if (context.log.server(estate).filter(from::equals).isEmpty()
        || context.log.epoch(estate) != part.epoch()
        || !isHeir(estate)) {
      return;
    }
    long limit = context.config.heirs().imageBytes();
    EstateImage image = images.computeIfAbsent(estate, id -> new EstateImage(id, limit));
    if (bytes() + part.records().length > limit) {
      images.remove(estate);
      context.effects.replicate(from, new HeirMessage.Declined(estate, part.epoch(), part.feed()));
      return;
    }
    try {
      HeirMessage answer = image.arrived(part);
      if (answer != null) {
        context.effects.replicate(from, answer);
      }
    } catch (MalformedException malformed) {
      context.report(
          Effects.Report.Kind.PROTOCOL_VIOLATION,
          from.brief() + " sent a damaged part of estate " + estate + ": " + malformed);
    }
  }

  private boolean isHeir(EstateId estate) {
    for (Entry.Heir heir : context.log.heirs(estate)) {
      if (heir.worker().equals(context.id)) {
        return true;
      }
    }
    return false;
  }

  /// The image of an estate, or null.
  @Nullable EstateImage of(EstateId estate) {
    return images.get(estate);
  }

  /// What a journal had kept of an estate that this worker is going to serve.
  void restored(EstateId estate, EstateImage image, TaskId main) {
    restored.put(estate, new Restored(image, main));
  }

  /// Takes what a journal had kept of an estate that this worker serves from here on; null if it is
  /// of no journal.
  @Nullable Restored takeRestored(EstateId estate) {
    return restored.remove(estate);
  }

  /// Takes the image of an estate that this worker serves from here on.
  @Nullable EstateImage take(EstateId estate) {
    return images.remove(estate);
  }

  /// The heirs of estates have changed: images for which this worker is not wanted any more go.
  /// Those that it is about to serve stay until they are taken.
  void follow() {
    images
        .keySet()
        .removeIf(estate ->
            !isHeir(estate) && context.log.server(estate).filter(context.id::equals).isEmpty());
  }

  /// Bytes of all images.
  long bytes() {
    long sum = 0;
    for (EstateImage image : images.values()) {
      sum += image.bytes();
    }
    return sum;
  }
}
