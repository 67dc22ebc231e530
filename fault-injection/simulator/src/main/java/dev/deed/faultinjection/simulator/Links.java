package dev.deed.faultinjection.simulator;

import dev.deed.faultinjection.simulator.Draws.Dice;
import dev.deed.faultinjection.simulator.Draws.Purpose;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Event;
import dev.deed.ownership.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// The links between workers: reliable and in order between two living ones, whatever happens on
/// the wire; of what a dead one had sent, any prefix arrives.
final class Links {
  /*
   * State: for each directed pair the messages on their way, each with the time of its arrival, which
   * only rises along a link.
   *
   * Failure: a break resends an unknown suffix after the reconnect; a cut and a stall hold everything
   * back; a crash of the sender cuts off an arbitrary suffix, and what is left may stay unread for a
   * while; one of the receiver loses all.  After the receiver has closed the link, what a reader had
   * already taken from the socket still comes, in any order with the events of the closing.
   */
  private static final long READER_NS = 200_000;
  private static final long LONGEST_UNREAD_NS = 1_000_000_000;

  /// A message on its way.
  private record Envelope(long era, Message message, long arrivesNs) {}

  /// A rule that makes messages of one kind late.
  private static final class Lateness {
    private final Fault.Delay rule;
    private int left;

    Lateness(Fault.Delay rule) {
      this.rule = rule;
      this.left = rule.times();
    }

    boolean matches(int from, int to, Message message) {
      return left > 0
          && (rule.from() < 0 || rule.from() == from)
          && (rule.to() < 0 || rule.to() == to)
          && rule.kind().equals(kindOf(message));
    }
  }

  /// One direction between two workers.
  private final class Link {
    final Node from;
    final Node to;
    final Dice latency;
    final Dice suffix;
    final Dice codec;
    final ArrayDeque<Envelope> flying = new ArrayDeque<>();
    long lastArrivalNs;
    long heldUntilNs;
    long slowUntilNs;
    long slowByNs;
    boolean armed;
    boolean closed;

    Link(Node from, Node to) {
      this.from = from;
      this.to = to;
      long pair = from.index * 64L + to.index;
      this.latency = world.draws.dice(Purpose.LATENCY, pair);
      this.suffix = world.draws.dice(Purpose.SUFFIX, pair);
      this.codec = world.draws.dice(Purpose.CODEC, pair);
    }

    void send(long era, Message message, long lateByNs) {
      long delay = latency.delay(20_000, 300_000, 20_000_000) + lateByNs;
      if (slowUntilNs > world.nowNs) {
        delay += slowByNs;
      }
      lastArrivalNs = Math.max(lastArrivalNs + 1, world.nowNs + delay);
      flying.add(new Envelope(era, message, lastArrivalNs));
      arm();
    }

    void arm() {
      Envelope head = flying.peek();
      if (head != null && !armed) {
        armed = true;
        world.agenda.at(Math.max(head.arrivesNs, heldUntilNs), this::pump);
      }
    }

    private void pump() {
      armed = false;
      Envelope head = flying.peek();
      if (head == null) {
        return;
      }
      if (Math.max(head.arrivesNs, heldUntilNs) > world.nowNs) {
        arm();
        return;
      }
      flying.poll();
      arm();
      if (!to.gone()) {
        deliver(head);
      }
    }

    private void deliver(Envelope envelope) {
      Message message = envelope.message;
      if (codec.chance(world.plan.settings().codecPerThousand())) {
        message = Wire.roundTrip(message);
      }
      if (closed) {
        world.marks.hit(Marks.Mark.LATE_MESSAGE);
      }
      Event arrived = new Event.Arrived(from.id, envelope.era, message);
      if (to.muted()) {
        parked.computeIfAbsent(to, _ -> new ArrayList<>()).add(arrived);
      } else {
        to.publish(arrived);
      }
    }

    /// Keeps the first so many messages only.
    void truncate(int keep) {
      if (keep < flying.size()) {
        world.marks.hit(Marks.Mark.SUFFIX_LOST);
      }
      Iterator<Envelope> all = flying.iterator();
      for (int i = 0; all.hasNext(); i++) {
        all.next();
        if (i >= keep) {
          all.remove();
        }
      }
    }

    /// Nothing comes out before `untilNs`; what is behind `keep` has to be sent again.
    void delayBehind(int keep, long untilNs) {
      ArrayDeque<Envelope> all = new ArrayDeque<>(flying);
      flying.clear();
      lastArrivalNs = 0;
      int i = 0;
      for (Envelope e : all) {
        long arrives = i++ < keep ? e.arrivesNs : Math.max(e.arrivesNs, untilNs);
        lastArrivalNs = Math.max(lastArrivalNs + 1, arrives);
        flying.add(new Envelope(e.era, e.message, lastArrivalNs));
      }
      lastArrivalNs = Math.max(lastArrivalNs, untilNs);
    }
  }

  private final World world;
  private final Map<Integer, Link> links = new HashMap<>();
  private final List<Lateness> late = new ArrayList<>();
  private final Map<Node, List<Runnable>> held = new HashMap<>();
  private final Map<Node, List<Event>> parked = new HashMap<>();

  private UnaryOperator<Message> forger = UnaryOperator.identity();

  Links(World world) {
    this.world = world;
  }

  /// Simple name of what a message is about: of the estate message inside, where there is one.
  static String kindOf(Message message) {
    return message instanceof Message.ToEstate(_, _, Message.EstateMessage inner)
        ? inner.getClass().getSimpleName()
        : message.getClass().getSimpleName();
  }

  private Link link(Node from, Node to) {
    return links.computeIfAbsent(from.index * 64 + to.index, _ -> new Link(from, to));
  }

  /// Puts a message on the link, unless the sender has no lease: then it waits for one.
  void send(Node from, WorkerId toId, long era, Message message) {
    Node to = world.node(toId);
    if (to == from) {
      throw new ViolationException("core", from + " sends itself " + message);
    }
    world.checks.sent(from, to, message);
    if (from.muted()) {
      held.computeIfAbsent(from, _ -> new ArrayList<>()).add(() -> post(from, to, era, message));
    } else {
      post(from, to, era, message);
    }
  }

  /// Lets a test change what is sent, to prove that a checker sees it.
  void forge(UnaryOperator<Message> how) {
    forger = how;
  }

  private void post(Node from, Node to, long era, Message original) {
    if (to.gone() || link(to, from).closed) {
      return;
    }
    Message message = forger.apply(original);
    long lateBy = 0;
    for (Lateness rule : late) {
      if (rule.matches(from.index, to.index, message)) {
        rule.left--;
        lateBy += rule.rule.byNs();
      }
    }
    link(from, to).send(era, message, lateBy);
  }

  /// The worker's lease is back: what waited for it goes out and in.
  void unmute(Node node) {
    node.mute(false);
    // What waited goes before what follows from the messages that are let in.
    List<Runnable> out = held.remove(node);
    if (out != null && !node.gone()) {
      out.forEach(Runnable::run);
    }
    List<Event> in = parked.remove(node);
    if (in != null) {
      in.forEach(node::publish);
    }
  }

  /// The receiver has followed the death of `peer`: what is on the way is refused, but for what its
  /// reader has taken already.
  void close(Node receiver, WorkerId peer) {
    Node dead = world.node(peer);
    Link link = link(dead, receiver);
    link.closed = true;
    int taken = link.suffix.chance(600) ? 1 + link.suffix.below(3) : 0;
    for (Envelope e : link.flying) {
      if (taken-- == 0) {
        break;
      }
      world.agenda.at(
          world.nowNs + link.suffix.between(1_000, READER_NS),
          () -> {
            if (!receiver.gone()) {
              link.deliver(e);
            }
          });
    }
    link.flying.clear();
  }

  /// The process has ended: an arbitrary suffix of what it had sent is lost, and all that was sent
  /// to it.
  void crashed(Node node) {
    held.remove(node);
    parked.remove(node);
    for (Node other : world.nodes) {
      if (other != node) {
        link(other, node).flying.clear();
        Link out = link(node, other);
        out.truncate(out.suffix.below(out.flying.size() + 1));
        if (out.suffix.chance(200)) {
          out.heldUntilNs =
              Math.max(out.heldUntilNs, world.nowNs + out.suffix.between(0, LONGEST_UNREAD_NS));
        }
      }
    }
  }

  /// Nothing passes for a while.
  void cut(Node from, Node to, long untilNs) {
    Link link = link(from, to);
    link.heldUntilNs = Math.max(link.heldUntilNs, untilNs);
  }

  /// Whether nothing passes now.
  boolean isCut(Node from, Node to) {
    return link(from, to).heldUntilNs > world.nowNs;
  }

  /// The connection breaks; what had not been read by then is sent again from `reconnectNs` on.
  void breakUntil(Node from, Node to, long reconnectNs) {
    Link link = link(from, to);
    link.delayBehind(link.suffix.below(link.flying.size() + 1), reconnectNs);
  }

  void slow(Node from, Node to, long untilNs, long byNs) {
    Link link = link(from, to);
    link.slowUntilNs = untilNs;
    link.slowByNs = byNs;
  }

  void delay(Fault.Delay rule) {
    late.add(new Lateness(rule));
  }

  /// Ends all faults of links.
  void heal() {
    late.clear();
    for (Link link : links.values()) {
      link.heldUntilNs = 0;
      link.slowUntilNs = 0;
    }
  }

  /// Whether nothing is on its way between processes that run.
  boolean quiet() {
    for (Link link : links.values()) {
      if (!link.flying.isEmpty() && !link.to.gone() && !link.closed) {
        return false;
      }
    }
    return true;
  }

  /// Messages on their way from one to another, for checkers and stories.
  List<Message> flying(Node from, Node to) {
    return link(from, to).flying.stream().map(Envelope::message).toList();
  }
}
