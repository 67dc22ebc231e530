package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Who serves which estate, at which epoch, and who its heirs are, as the entries of the membership
/// log say (protocol.md §3, §4).
final class EstateDirectory {
  /*
   * State: the estates of which anything else is to be said than that their creators serve them, at
   * epoch 1 and without heirs.  An estate is closed when its creator is dead and nothing is said of it.
   *
   * Invariants: epochs only rise, by one with each succession; an heir lives, is not the server, and
   * stands in the list once.  Succession is part of the death entry: nobody is asked.
   */
  static final long FIRST_EPOCH = 1;

  /// @param version index of the entry that last changed server or heirs
  private record Seat(WorkerId server, long epoch, long version, List<Entry.Heir> heirs) {
    private Seat without(WorkerId dead) {
      List<Entry.Heir> left = new ArrayList<>(heirs);
      left.removeIf(heir -> heir.worker().equals(dead));
      return left.size() == heirs.size() ? this : new Seat(server, epoch, version, left);
    }
  }

  /// An estate whose server died.
  ///
  /// @param server who serves it from here on, or null when it is closed
  /// @param epoch of the new server
  record Succession(EstateId estate, @Nullable WorkerId server, long epoch) {}

  private final Predicate<WorkerId> lives;
  private final Predicate<WorkerId> dead;
  private final Map<EstateId, Seat> seats = new LinkedHashMap<>();

  EstateDirectory(Predicate<WorkerId> lives, Predicate<WorkerId> dead) {
    this.lives = lives;
    this.dead = dead;
  }

  Optional<WorkerId> server(EstateId estate) {
    Seat seat = seats.get(estate);
    if (seat != null) {
      return Optional.of(seat.server);
    }
    return lives.test(estate.creator()) ? Optional.of(estate.creator()) : Optional.empty();
  }

  boolean closed(EstateId estate) {
    return !seats.containsKey(estate) && dead.test(estate.creator());
  }

  long epoch(EstateId estate) {
    Seat seat = seats.get(estate);
    return seat == null ? FIRST_EPOCH : seat.epoch;
  }

  List<Entry.Heir> heirs(EstateId estate) {
    Seat seat = seats.get(estate);
    return seat == null ? List.of() : seat.heirs;
  }

  long version(EstateId estate) {
    Seat seat = seats.get(estate);
    return seat == null ? 0 : seat.version;
  }

  /// Estates that the worker serves, its own first.
  List<EstateId> servedBy(WorkerId worker) {
    List<EstateId> served = new ArrayList<>();
    EstateId own = new EstateId(worker);
    if (server(own).filter(worker::equals).isPresent()) {
      served.add(own);
    }
    seats.forEach((estate, seat) -> {
      if (seat.server.equals(worker) && !estate.equals(own)) {
        served.add(estate);
      }
    });
    return served;
  }

  /// Compare-and-set of the heirs of an estate; tells whether it was done.
  boolean apply(long index, Entry.Heirs next) {
    EstateId estate = next.estate();
    Optional<WorkerId> server = server(estate);
    if (server.isEmpty()
        || next.epoch() != epoch(estate)
        || next.seen() != version(estate)
        || !proper(next.heirs(), server.get())) {
      return false;
    }
    seats.put(estate, new Seat(server.get(), next.epoch(), index, List.copyOf(next.heirs())));
    return true;
  }

  private boolean proper(List<Entry.Heir> heirs, WorkerId server) {
    long different = heirs.stream().map(Entry.Heir::worker).distinct().count();
    return different == heirs.size()
        && heirs.stream()
            .allMatch(heir -> lives.test(heir.worker()) && !heir.worker().equals(server));
  }

  /// An inherited estate in which nothing is left ends; tells whether it did.
  boolean apply(Entry.Close close) {
    Seat seat = seats.get(close.estate());
    if (seat == null || seat.epoch != close.epoch() || !dead.test(close.estate().creator())) {
      return false;
    }
    seats.remove(close.estate());
    return true;
  }

  /// An estate of an earlier cluster, of which nothing is known here, is served from here on.
  Succession refound(long index, EstateId estate, long epoch, WorkerId server) {
    seats.put(estate, new Seat(server, epoch, index, List.of()));
    return new Succession(estate, server, epoch);
  }

  boolean knows(EstateId estate) {
    return seats.containsKey(estate);
  }

  /// A worker that was a member is none any more: each estate that it served passes to the first
  /// full heir, or is closed.
  List<Succession> followDeath(long index, WorkerId worker) {
    List<Succession> successions = new ArrayList<>();
    EstateId own = new EstateId(worker);
    if (!seats.containsKey(own)) {
      successions.add(new Succession(own, null, FIRST_EPOCH));
    }
    for (EstateId estate : List.copyOf(seats.keySet())) {
      Seat seat = seats.get(estate);
      if (seat == null) {
        continue;
      }
      Seat left = seat.without(worker);
      if (!left.server.equals(worker)) {
        seats.put(estate, left);
      } else {
        successions.add(succeed(index, estate, left));
      }
    }
    return successions;
  }

  private Succession succeed(long index, EstateId estate, Seat seat) {
    long epoch = seat.epoch + 1;
    WorkerId next = null;
    List<Entry.Heir> others = new ArrayList<>(seat.heirs);
    for (Entry.Heir heir : seat.heirs) {
      if (heir.full()) {
        next = heir.worker();
        others.remove(heir);
        break;
      }
    }
    if (next == null) {
      seats.remove(estate);
    } else {
      seats.put(estate, new Seat(next, epoch, index, List.copyOf(others)));
    }
    return new Succession(estate, next, epoch);
  }
}
