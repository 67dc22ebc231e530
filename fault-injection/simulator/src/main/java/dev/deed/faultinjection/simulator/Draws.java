package dev.deed.faultinjection.simulator;

import dev.deed.lineage.Mixing;

/// Every choice that chance makes in a run, as a function of (seed, purpose, entity, counter):
/// taking one operation out of a plan leaves the draws of all the others as they were, which is
/// what lets a failing plan be made smaller.
final class Draws {

  /// What a number is drawn for.
  enum Purpose {
    LATENCY(1),
    SUFFIX(2),
    CODEC(3),
    PROPOSAL(4),
    FOLLOW(5),
    DETECTION(6),
    LEASE(7),
    FETCH(8),
    PROGRAM(9),
    COLLECTOR(10),
    CORE(11),
    TIE(12),
    IDENTITY(13),
    PLAN(14),
    FAULTS(15),
    CLOCK(16),
    BATCH(17),
    HEIRS(18),
    REPLICA(19),
    JOB(20),
    COPIES(21);

    private final long number;

    Purpose(long number) {
      this.number = number;
    }
  }

  private final long seed;

  Draws(long seed) {
    this.seed = seed;
  }

  /// The draws of one entity for one purpose, in the order of their counter.
  Dice dice(Purpose purpose, long entity) {
    return new Dice(Mixing.mix(seed, purpose.number, entity));
  }

  /// A sequence of draws.
  static final class Dice {
    private final long base;
    private long counter;

    private Dice(long base) {
      this.base = base;
    }

    /// 64 bits.
    long next() {
      return Mixing.mix(base, counter++);
    }

    /// A number within 0 ≤ n < `bound`.
    int below(int bound) {
      return (int) ((next() >>> 1) % bound);
    }

    /// A number within `low` ≤ n ≤ `high`.
    long between(long low, long high) {
      return low + (next() >>> 1) % (high - low + 1);
    }

    /// True `perThousand` times out of a thousand.
    boolean chance(int perThousand) {
      return below(1000) < perThousand;
    }

    /// Mostly within `low` and `high`, once in fifty up to `spike`: small delays and rare large
    /// ones.
    long delay(long low, long high, long spike) {
      return chance(20) ? between(high, spike) : between(low, high);
    }
  }
}
