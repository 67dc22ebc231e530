package dev.deed.faultinjection.explorer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A state of the whole cluster, in numbers: the worker's states, the links, the membership log and
/// what is proposed to it, what has outlived servers, and the faults that may still happen. Not to
/// be changed once it is made.
final class WorldState {
  /// In the place of a worker's state: its process has ended.
  static final int GONE = -1;

  private static final int[] EMPTY = {};

  /// Numbers of local states, by worker.
  final int[] locals;

  /// Numbers of letters, by sender and receiver, the next one first; then, in the same way, those
  /// of record logs.
  final int[][] links;

  final int log;

  /// Numbers of entries, in ascending order.
  final int[] proposals;

  /// For each estate that has passed to another server, the number of the set of objects that this
  /// one has known; 0 for others. See [Known].
  final int[] known;

  final int crashesLeft;
  final int pausesLeft;
  final int lossesLeft;

  WorldState(
      int[] locals,
      int[][] links,
      int log,
      int[] proposals,
      int[] known,
      int crashesLeft,
      int pausesLeft,
      int lossesLeft) {
    this.locals = locals;
    this.links = links;
    this.log = log;
    this.proposals = proposals;
    this.known = known;
    this.crashesLeft = crashesLeft;
    this.pausesLeft = pausesLeft;
    this.lossesLeft = lossesLeft;
  }

  static WorldState initial(int[] locals, Configuration.Faults faults) {
    int[][] links = new int[2 * locals.length * locals.length][];
    Arrays.fill(links, EMPTY);
    return new WorldState(
        locals,
        links,
        0,
        EMPTY,
        new int[locals.length],
        faults.crashes(),
        faults.pauses(),
        faults.losses());
  }

  int[] link(int from, int to) {
    return links[from * locals.length + to];
  }

  /// The messages of record logs that are on their way.
  int[] heirLink(int from, int to) {
    return links[(locals.length + from) * locals.length + to];
  }

  boolean gone(int worker) {
    return locals[worker] == GONE;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof WorldState w
        && w.log == log
        && w.crashesLeft == crashesLeft
        && w.pausesLeft == pausesLeft
        && w.lossesLeft == lossesLeft
        && Arrays.equals(w.locals, locals)
        && Arrays.equals(w.known, known)
        && Arrays.equals(w.proposals, proposals)
        && Arrays.deepEquals(w.links, links);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encode());
  }

  /// All of it in one array, which [#decode] reads.
  int[] encode() {
    int used = 0;
    for (int[] link : links) {
      used += link.length == 0 ? 0 : 2 + link.length;
    }
    int[] code = new int[5 + 2 * locals.length + proposals.length + used];
    int at = 0;
    code[at++] = log;
    code[at++] = crashesLeft;
    code[at++] = pausesLeft;
    code[at++] = lossesLeft;
    code[at++] = proposals.length;
    for (int local : locals) {
      code[at++] = local;
    }
    for (int set : known) {
      code[at++] = set;
    }
    for (int proposal : proposals) {
      code[at++] = proposal;
    }
    for (int i = 0; i < links.length; i++) {
      if (links[i].length > 0) {
        code[at++] = i;
        code[at++] = links[i].length;
        for (int letter : links[i]) {
          code[at++] = letter;
        }
      }
    }
    return code;
  }

  static WorldState decode(int[] code, int workers) {
    int at = 5;
    int[] locals = Arrays.copyOfRange(code, at, at + workers);
    at += workers;
    int[] known = Arrays.copyOfRange(code, at, at + workers);
    at += workers;
    int[] proposals = code[4] == 0 ? EMPTY : Arrays.copyOfRange(code, at, at + code[4]);
    at += code[4];
    int[][] links = new int[2 * workers * workers][];
    Arrays.fill(links, EMPTY);
    while (at < code.length) {
      int link = code[at++];
      int length = code[at++];
      links[link] = Arrays.copyOfRange(code, at, at + length);
      at += length;
    }
    return new WorldState(locals, links, code[0], proposals, known, code[1], code[2], code[3]);
  }

  /// A state that is being made out of another.
  static final class Draft {
    final int[] locals;
    final int[][] links;
    int log;
    int[] proposals;
    final int[] known;
    int crashesLeft;
    int pausesLeft;
    int lossesLeft;

    Draft(WorldState from) {
      locals = from.locals.clone();
      links = from.links.clone();
      log = from.log;
      proposals = from.proposals;
      known = from.known.clone();
      crashesLeft = from.crashesLeft;
      pausesLeft = from.pausesLeft;
      lossesLeft = from.lossesLeft;
    }

    WorldState done() {
      return new WorldState(
          locals, links, log, proposals, known, crashesLeft, pausesLeft, lossesLeft);
    }

    void send(int from, int to, int letter) {
      append(from * locals.length + to, letter);
    }

    void replicate(int from, int to, int letter) {
      append((locals.length + from) * locals.length + to, letter);
    }

    private void append(int at, int letter) {
      int[] link = Arrays.copyOf(links[at], links[at].length + 1);
      link[link.length - 1] = letter;
      links[at] = link;
    }

    void take(int from, int to) {
      takeFirst(from * locals.length + to);
    }

    void takeReplica(int from, int to) {
      takeFirst((locals.length + from) * locals.length + to);
    }

    private void takeFirst(int at) {
      links[at] =
          links[at].length == 1 ? EMPTY : Arrays.copyOfRange(links[at], 1, links[at].length);
    }

    void clear(int from, int to) {
      links[from * locals.length + to] = EMPTY;
    }

    /// The process ends: what was sent to it arrives nowhere; what it had sent may still arrive.
    void end(int worker) {
      locals[worker] = GONE;
      for (int from = 0; from < 2 * locals.length; from++) {
        clear(from, worker);
      }
    }

    void propose(int entry) {
      int place = Arrays.binarySearch(proposals, entry);
      if (place < 0) {
        int[] more = Arrays.copyOf(proposals, proposals.length + 1);
        more[more.length - 1] = entry;
        Arrays.sort(more);
        proposals = more;
      }
    }

    void withdraw(int entry) {
      proposals = Arrays.stream(proposals).filter(other -> other != entry).toArray();
    }
  }
}
