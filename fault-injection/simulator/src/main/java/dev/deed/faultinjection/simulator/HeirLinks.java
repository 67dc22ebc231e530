package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Draws.Dice;
import dev.deed.faultinjection.simulator.Draws.Purpose;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Event;
import dev.deed.ownership.heirs.HeirCodec;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/// The heirs' channel: messages of record logs, apart from the links. Nothing is promised: each
/// message may be lost, come late or twice, and overtake others.
final class HeirLinks {
  /*
   * Failure: a cut loses what is sent meanwhile; a worker that lags gets everything later; of what a
   * worker had sent before it was killed any part arrives, also long after its death has been followed.
   * Who has no lease sends nothing and takes nothing.
   */
  private static final long LATEST_NS = 20_000_000;

  /// A part of a feed at an heir.
  private record Delivered(int heir, long feed, long epoch, long sequence, long estate) {}

  /// One direction between two workers.
  private final class Way {
    final Node from;
    final Node to;
    final Dice dice;
    long cutUntilNs;
    long lastArrivalNs;

    Way(Node from, Node to) {
      this.from = from;
      this.to = to;
      this.dice = world.draws.dice(Purpose.REPLICA, from.index * 64L + to.index);
    }

    void send(byte[] message) {
      if (healed) {
        arriveInTurn(dice.between(20_000, 300_000), message);
        return;
      }
      if (cutUntilNs > world.nowNs || dice.chance(world.plan.settings().heirLossPerThousand())) {
        world.marks.hit(Marks.Mark.BATCH_LOST);
        return;
      }
      if (dice.chance(10)) {
        arriveIn(dice.delay(20_000, 1_000_000, LATEST_NS), message);
      } else {
        arriveInTurn(dice.delay(20_000, 300_000, LATEST_NS), message);
      }
      if (dice.chance(5)) {
        arriveIn(dice.delay(20_000, 1_000_000, LATEST_NS), message);
      }
    }

    /// As a rule a message comes behind those that were sent before.
    private void arriveInTurn(long delayNs, byte[] message) {
      lastArrivalNs = Math.max(lastArrivalNs + 1, world.nowNs + delayNs);
      arriveIn(lastArrivalNs - world.nowNs, message);
    }

    private void arriveIn(long delayNs, byte[] message) {
      boolean survivesItsSender = dice.chance(500);
      flying++;
      world.agenda.at(
          world.nowNs + delayNs + lateNs(),
          () -> {
            flying--;
            if (survivesItsSender || !from.gone()) {
              deliver(HeirCodec.read(message));
            }
          });
    }

    private long lateNs() {
      Lag lag = lags.get(to);
      return lag != null && lag.untilNs > world.nowNs ? lag.byNs : 0;
    }

    private void deliver(HeirMessage message) {
      if (to.gone() || to.muted()) {
        return;
      }
      if (message instanceof HeirMessage.Part part && !delivered.add(identity(part))) {
        world.marks.hit(Marks.Mark.BATCH_REPEATED);
      }
      to.publish(new Event.Replicated(from.id, message));
    }

    private Delivered identity(HeirMessage.Part part) {
      return new Delivered(
          to.index, part.feed(), part.epoch(), part.sequence(), part.estate().creator().low());
    }
  }

  private record Lag(long untilNs, long byNs) {}

  private final World world;
  private final Map<Integer, Way> ways = new HashMap<>();
  private final Map<Node, Lag> lags = new HashMap<>();
  private final Set<Delivered> delivered = new HashSet<>();
  private UnaryOperator<HeirMessage> forger = UnaryOperator.identity();
  private boolean healed;
  private long flying;

  HeirLinks(World world) {
    this.world = world;
  }

  private Way way(Node from, Node to) {
    return ways.computeIfAbsent(from.index * 64 + to.index, _ -> new Way(from, to));
  }

  /// Sends what a core ordered, in its binary form.
  void send(Node from, WorkerId to, HeirMessage message) {
    if (!from.muted()) {
      way(from, world.node(to)).send(HeirCodec.write(forger.apply(message)));
    }
  }

  /// Lets a test change what is sent, to prove that a checker sees it.
  void forge(UnaryOperator<HeirMessage> how) {
    forger = how;
  }

  /// What is sent on this way until then is lost.
  void cut(Node from, Node to, long untilNs) {
    Way way = way(from, to);
    way.cutUntilNs = Math.max(way.cutUntilNs, untilNs);
  }

  /// What is sent to this worker until then takes longer by so much.
  void lag(Node to, long untilNs, long byNs) {
    lags.put(to, new Lag(untilNs, byNs));
  }

  /// Ends all faults: nothing is lost any more.
  void heal() {
    healed = true;
    lags.clear();
  }

  /// Whether nothing is on its way.
  boolean quiet() {
    return flying == 0;
  }
}
