package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Marks.Mark;
import dev.deed.lineage.Argument;
import dev.deed.ownership.Cause;
import dev.deed.ownership.CoreView.ForeignReference;
import dev.deed.ownership.Hold;
import dev.deed.ownership.Message;
import dev.deed.ownership.Message.EstateMessage;

/// Checks nothing: it recognizes the rare situations whose coverage is counted, from what cores say
/// to each other.
final class MarkWatch implements Check {
  private final World world;

  MarkWatch(World world) {
    this.world = world;
  }

  @Override
  public void sent(Node from, Node to, Message message) {
    switch (message) {
      case Message.TaskPush push
          when push.spec().arguments().stream().anyMatch(Argument.Pending.class::isInstance) ->
          world.marks.hit(Mark.ARGUMENT_LEFT_OPEN);
      case Message.LeaseDenied _ -> world.marks.hit(Mark.LEASE_DENIED);
      case Message.ToEstate(_, _, EstateMessage.Located located) when located.primary() ->
          world.marks.hit(Mark.COPY_PROMOTED);
      case Message.ToEstate(_, _, EstateMessage.Registration registration)
          when registration.hold() == Hold.NONE && overtakes(from, to, registration) ->
          world.marks.hit(Mark.REGISTRATION_OVERTAKEN);
      default -> {}
    }
  }

  /// Whether the registration that is taken back has not arrived.
  private boolean overtakes(Node from, Node to, EstateMessage.Registration taken) {
    for (Message flying : world.links.flying(from, to)) {
      if (flying instanceof Message.ToEstate(_, _, EstateMessage.Registration earlier)
          && earlier.hold() != Hold.NONE
          && earlier.object().equals(taken.object())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void ended(Node node) {
    for (ForeignReference foreign : CoreState.of(node).foreign()) {
      boolean ownerLives = world.server(foreign.reference().estate()).isPresent();
      for (Cause cause : foreign.causes()) {
        if (ownerLives && cause instanceof Cause.Sent(var to, _) && world.living(world.node(to))) {
          world.marks.hit(Mark.MIDDLEMAN_DIED);
          return;
        }
      }
    }
  }
}
