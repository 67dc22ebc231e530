package dev.deed.faultinjection.simulator;

import dev.deed.lineage.EstateId;
import dev.deed.ownership.Event;
import dev.deed.ownership.MembershipLog;
import dev.deed.ownership.Message;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Invariant 2: at most one worker serves an estate in an epoch; once the server of epoch e + 1 has
/// acted, no member applies anything that the server of e has sent.
final class EpochCheck implements Check {
  private record Seat(EstateId estate, long epoch) {}

  private record Server(Node node, EstateId estate) {}

  private final World world;

  /// The highest epoch in which somebody has acted as the server.
  private final Map<EstateId, Long> acted = new HashMap<>();

  private final Map<Seat, Node> seats = new HashMap<>();
  private final Map<Server, Long> epochs = new HashMap<>();

  EpochCheck(World world) {
    this.world = world;
  }

  /// The estate as whose server somebody sends the message, or null.
  private static @Nullable EstateId served(Message message) {
    return switch (message) {
      case Message.TaskPush m -> m.estate();
      case Message.TaskCancel m -> m.estate();
      case Message.EstateAck m -> m.estate();
      case Message.ValueAnswer m -> m.reference().estate();
      case Message.PinCopy m -> m.copy().reference().estate();
      case Message.MakeCopy m -> m.reference().estate();
      case Message.FreeCopy m -> m.copy().reference().estate();
      default -> null;
    };
  }

  @Override
  public void sent(Node from, Node to, Message message) {
    EstateId estate = served(message);
    MembershipLog log = from.core.view().log();
    if (estate != null && log.server(estate).filter(from.id::equals).isPresent()) {
      acts(from, estate, log.epoch(estate));
    }
  }

  /// Somebody acts as the server of an estate.
  void acts(Node node, EstateId estate, long epoch) {
    Node other = seats.putIfAbsent(new Seat(estate, epoch), node);
    if (other != null && other != node) {
      throw new ViolationException(
          "2 one server",
          node + " serves " + estate + " in epoch " + epoch + ", as " + other + " does");
    }
    epochs.put(new Server(node, estate), epoch);
    acted.merge(estate, epoch, Math::max);
  }

  @Override
  public void applying(Node node, Event event) {
    if (!(event instanceof Event.Arrived(var from, long era, Message message))) {
      return;
    }
    EstateId estate = served(message);
    MembershipLog log = node.core.view().log();
    if (estate == null || log.dead(from) || era > log.followed() || !world.living(node)) {
      return;
    }
    Long epoch = epochs.get(new Server(world.node(from), estate));
    Long latest = acted.get(estate);
    if (epoch != null && latest != null && latest > epoch) {
      throw new ViolationException(
          "2 one server",
          String.format(
              "%s applies %s of %s, who served %s in epoch %d, though the server of epoch %d acts",
              node, message, world.node(from), estate, epoch, latest));
    }
  }
}
