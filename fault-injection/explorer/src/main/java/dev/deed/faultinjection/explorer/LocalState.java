package dev.deed.faultinjection.explorer;

import dev.deed.faultinjection.simulator.CoreFacts;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.CoreView;
import dev.deed.ownership.CoreView.ForeignReference;
import dev.deed.ownership.CoreView.OwnObject;
import dev.deed.ownership.EstateContents;
import dev.deed.ownership.heirs.EstateImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A state of one worker, as one of the ways to reach it left it: what may happen there next, what
/// checkers look at, and the events by which it is made again.
final class LocalState implements CoreFacts {
  /// What an event leads to.
  ///
  /// @param violation what the event has shown to be wrong, or null
  record Step(
      LocalState before,
      LocalEvent event,
      LocalState next,
      Orders orders,
      @Nullable String violation) {
    List<Letter> sends() {
      return orders.sends;
    }

    List<HeirLetter> replicas() {
      return orders.replicas;
    }

    List<Integer> proposals() {
      return orders.proposals;
    }

    List<Integer> closed() {
      return orders.closed;
    }
  }

  /// What an event makes a worker do.
  ///
  /// @param sends letters that go out, in order
  /// @param replicas messages of record logs that go out, in order
  /// @param proposals numbers of entries that are proposed to the log
  /// @param closed workers from which nothing more is taken
  /// @param orphaned references of which user code is told that their owner has died
  record Orders(
      List<Letter> sends,
      List<HeirLetter> replicas,
      List<Integer> proposals,
      List<Integer> closed,
      List<Reference> orphaned) {}

  /// The state of a worker when everything begins, and what it does then.
  record Begun(LocalState state, Orders orders) {}

  /// What an heir has of an estate.
  record Image(long epoch, long batch, EstateContents contents) {
    boolean isBeyond(Image other) {
      return epoch != other.epoch ? epoch > other.epoch : batch > other.batch;
    }
  }

  /// A fetch under way.
  ///
  /// @param onItsWay whether the bytes have left a holder
  record Fetch(long number, CopyName copy, List<Integer> holders, boolean onItsWay) {}

  final int number;
  final int worker;

  /// How it was reached first; null at the start.
  final @Nullable LocalState before;

  final @Nullable LocalEvent event;
  final int followed;
  final boolean gone;
  final List<LocalEvent> acts;
  final boolean due;
  final boolean dueLater;
  final List<Fetch> fetches;
  final Set<CopyName> copies;
  final Collection<Reference> handles;
  final List<TaskSpec> waiting;

  /// Programs that have not ended.
  final List<String> programs;

  /// What each of them does next, in words.
  final Map<String, String> next;

  final Map<String, Integer> begun;

  /// Executions of tasks without retries, by their results.
  final Map<Reference, Integer> once;

  /// Objects of its estates that have been called lost.
  final List<Reference> lost;

  /// Estates that it serves after others, with their records complete.
  final List<EstateId> inherited;

  /// What it has as an heir; images that are not complete are not among them.
  final Map<EstateId, Image> images;

  private final List<EstateId> estates;
  private final Map<EstateId, EstateContents> contents;

  private final List<ForeignReference> foreign;
  private final List<OwnObject> objects;

  // What events have led to so far: few, so that they are searched one by one.
  private long[] keys = new long[4];
  private @Nullable Step[] steps = new @Nullable Step[4];
  private int known;

  LocalState(
      int number, int worker, @Nullable LocalState before, @Nullable LocalEvent event, Host host) {
    this.number = number;
    this.worker = worker;
    this.before = before;
    this.event = event;
    this.followed = host.followed();
    this.gone = host.gone();
    this.due = !gone && host.somethingIsDue();
    this.dueLater = !gone && host.somethingWillBeDue();
    this.acts = gone ? List.of() : acts(host);
    List<Fetch> under = new ArrayList<>();
    host.fetches.forEach(
        (fetch, f) -> under.add(new Fetch(fetch, f.copy(), f.holders(), f.onItsWay())));
    this.fetches = List.copyOf(under);
    this.copies = Set.copyOf(host.copies.values());
    List<Reference> held = new ArrayList<>();
    List<TaskSpec> handedOver = new ArrayList<>();
    for (Program program : host.programs.values()) {
      program.variables.values().forEach(variable -> held.add(variable.reference()));
      if (program.phase == Program.Phase.HANDED_OVER && program.spec != null) {
        handedOver.add(program.spec);
      }
    }
    host.garbage.values().forEach(variable -> held.add(variable.reference()));
    this.handles = Set.copyOf(held);
    this.waiting = List.copyOf(handedOver);
    this.programs = List.copyOf(host.programs.keySet());
    Map<String, String> words = new HashMap<>();
    host.programs.values().forEach(program -> words.put(program.name, program.describeNext()));
    this.next = Map.copyOf(words);
    this.begun = Map.copyOf(host.begun);
    this.once = Map.copyOf(host.once);
    CoreView view = host.core.view();
    this.foreign = List.copyOf(view.foreign());
    this.objects = List.copyOf(view.objects());
    this.lost = objects.stream().filter(LocalState::isLost).map(OwnObject::reference).toList();
    this.estates = gone ? List.of() : List.copyOf(view.estates());
    this.inherited = estates.isEmpty() ? List.of() : estates.subList(1, estates.size());
    this.contents = contents(host);
    this.images = images(host);
  }

  private Map<EstateId, EstateContents> contents(Host host) {
    Map<EstateId, EstateContents> all = new HashMap<>();
    if (host.hasHeirs()) {
      for (EstateId estate : estates) {
        Map<Long, byte[]> records = host.core.view().estateRecords(estate);
        all.put(estate, EstateContents.of(estate, records));
      }
    }
    return all;
  }

  private Map<EstateId, Image> images(Host host) {
    Map<EstateId, Image> all = new HashMap<>();
    if (!gone && host.hasHeirs()) {
      for (EstateId estate : host.allEstates()) {
        EstateImage image = host.core.view().image(estate);
        if (image != null && image.batch() > 0) {
          EstateContents has = EstateContents.of(estate, image.records());
          all.put(estate, new Image(image.epoch(), image.batch(), has));
        }
      }
    }
    return all;
  }

  private static boolean isLost(OwnObject object) {
    return switch (object.failure()) {
      case LOST_NO_LINEAGE, LOST_LINEAGE_EVICTED, LOST_RETRIES_EXHAUSTED, LOST_PUT -> true;
      case null, default -> false;
    };
  }

  /// Whether its store has a copy of the value, or one is on its way.
  boolean has(Reference reference) {
    return copies.stream().anyMatch(copy -> copy.reference().equals(reference))
        || fetches.stream()
            .anyMatch(fetch -> fetch.onItsWay() && fetch.copy().reference().equals(reference));
  }

  private static List<LocalEvent> acts(Host host) {
    List<LocalEvent> acts = new ArrayList<>();
    if (!host.isMember()) {
      return acts;
    }
    for (Program program : host.programs.values()) {
      if (program.unwanted) {
        acts.add(new LocalEvent.Stop(program.name));
      } else if (program.phase != Program.Phase.ASKING) {
        acts.add(new LocalEvent.Act(program.name));
      }
    }
    host.garbage.keySet().forEach(handle -> acts.add(new LocalEvent.Collect(handle)));
    return List.copyOf(acts);
  }

  /// The events from the start to here.
  List<LocalEvent> history() {
    List<LocalEvent> events = new ArrayList<>();
    for (LocalState s = this; s != null && s.event != null; s = s.before) {
      events.add(s.event);
    }
    return events.reversed();
  }

  /// What an event leads to, if that is known.
  @Nullable Step step(long key) {
    for (int i = 0; i < known; i++) {
      if (keys[i] == key) {
        return steps[i];
      }
    }
    return null;
  }

  /// What is known of its events.
  List<Step> steps() {
    List<Step> all = new ArrayList<>();
    for (int i = 0; i < known; i++) {
      Step step = steps[i];
      if (step != null) {
        all.add(step);
      }
    }
    return all;
  }

  void step(long key, Step step) {
    if (known == keys.length) {
      keys = java.util.Arrays.copyOf(keys, 2 * known);
      steps = java.util.Arrays.copyOf(steps, 2 * known);
    }
    keys[known] = key;
    steps[known] = step;
    known++;
  }

  // --- what the rules look at -------------------------------------------------------------------

  /// The records of an estate that it serves.
  EstateContents contents(EstateId estate) {
    EstateContents records = contents.get(estate);
    if (records == null) {
      throw new IllegalStateException(estate + " is not served here, or never has heirs");
    }
    return records;
  }

  @Override
  public boolean serves(EstateId estate) {
    return estates.contains(estate);
  }

  @Override
  public Collection<OwnObject> objects() {
    return objects;
  }

  @Override
  public Collection<ForeignReference> foreign() {
    return foreign;
  }

  @Override
  public Optional<OwnObject> own(Reference reference) {
    for (OwnObject object : objects) {
      if (object.reference().equals(reference)) {
        return Optional.of(object);
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<ForeignReference> foreign(Reference reference) {
    for (ForeignReference one : foreign) {
      if (one.reference().equals(reference)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }

  /// Is told when an event leads to a state that was reached in another way before.
  interface Merges {
    void merged(LocalState known, LocalState before, LocalEvent event);
  }

  /// All states that one search has met, of all workers.
  static final class Table {
    private record Key(long high, long low) {}

    private final Cast cast;
    private final Letter.Table letters;
    private final HeirLetter.Table heirLetters;
    private final LogState.Table logs;
    private final ClassShapes shapes = new ClassShapes();
    private final Lenses lenses = new Lenses(Cast.LEASE_IDLE_NS);
    private final Map<Key, LocalState> byDigest = new HashMap<>();
    private final List<LocalState> byNumber = new ArrayList<>();
    private Merges merges = (_, _, _) -> {};
    private long replayed;

    Table(Cast cast, Letter.Table letters, HeirLetter.Table heirLetters, LogState.Table logs) {
      this.cast = cast;
      this.letters = letters;
      this.heirLetters = heirLetters;
      this.logs = logs;
    }

    /// The state of a worker when everything begins, and what it does then.
    Begun initial(int worker) {
      Host host = new Host(cast, worker);
      return new Begun(of(host, null, null, worker), orders(worker, host));
    }

    LocalState get(int number) {
      return byNumber.get(number);
    }

    int size() {
      return byNumber.size();
    }

    /// Steps that a core took, for the first time or to get there again.
    long replayed() {
      return replayed;
    }

    private LocalState of(
        Host host, @Nullable LocalState before, @Nullable LocalEvent event, int worker) {
      Digest digest = digest(host);
      Key key = new Key(digest.high(), digest.low());
      LocalState known = byDigest.get(key);
      if (known == null) {
        known = new LocalState(byNumber.size(), worker, before, event, host);
        byNumber.add(known);
        byDigest.put(key, known);
      } else if (before != null && event != null) {
        merges.merged(known, before, event);
      }
      return known;
    }

    /// From now on `listener` is told of every second way to a state.
    void onMerge(Merges listener) {
      merges = listener;
    }

    Digest digest(Host host) {
      return host.digest(shapes, lenses);
    }

    /// A core of its own in the given state.
    Host revive(LocalState state) {
      Host host = new Host(cast, state.worker);
      host.takeOrders();
      for (LocalEvent event : state.history()) {
        host.apply(event);
        host.takeOrders();
        replayed++;
      }
      return host;
    }

    /// What `event`, which `key` names among the events of this worker, leads to.
    Step step(LocalState state, long key, LocalEvent event) {
      Step known = state.step(key);
      if (known == null) {
        known = take(state, event);
        state.step(key, known);
      }
      return known;
    }

    private Step take(LocalState state, LocalEvent event) {
      Host host = revive(state);
      host.apply(event);
      replayed++;
      Orders orders = orders(state.worker, host);
      return new Step(state, event, of(host, state, event, state.worker), orders, host.violation());
    }

    /// Sorts out what a host has ordered.
    Orders orders(int worker, Host host) {
      List<Letter> sends = new ArrayList<>();
      List<HeirLetter> replicas = new ArrayList<>();
      List<Integer> proposals = new ArrayList<>();
      List<Integer> closed = new ArrayList<>();
      List<Reference> orphaned = new ArrayList<>();
      for (Host.Order order : host.takeOrders()) {
        switch (order) {
          case Host.Order.Send(int to, long era, var message) ->
              sends.add(letters.of(worker, to, era, message));
          case Host.Order.Replicate(int to, var message) ->
              replicas.add(heirLetters.of(worker, to, message));
          case Host.Order.Propose(var entry) -> proposals.add(logs.number(entry));
          case Host.Order.CloseLink(int peer) -> closed.add(peer);
          case Host.Order.Orphaned(var reference) -> orphaned.add(reference);
        }
      }
      return new Orders(
          List.copyOf(sends),
          List.copyOf(replicas),
          List.copyOf(proposals),
          List.copyOf(closed),
          List.copyOf(orphaned));
    }

    Lenses lenses() {
      return lenses;
    }
  }
}
