package dev.deed.faultinjection.simulator;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Mixing;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Event;
import dev.deed.ownership.Message;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The course of a run: always as a 64-bit hash, by which two runs are compared, and as a story in
/// words where somebody wants to read it.
final class Trace {
  private static final Pattern NAME =
      Pattern.compile("t[0-9a-f]{32}|TaskId\\[[^]]*]|[we][0-9a-f]{32}|w[0-9a-f]{8}\\b");

  private final World world;
  private final boolean telling;
  private final List<String> lines = new ArrayList<>();
  private final Map<String, String> names = new HashMap<>();
  private long hash;
  private long events;

  Trace(World world, boolean telling) {
    this.world = world;
    this.telling = telling;
  }

  /// Hash of everything so far.
  long hash() {
    return hash;
  }

  /// Number of events that cores have applied.
  long events() {
    return events;
  }

  /// The story so far.
  List<String> lines() {
    return lines;
  }

  private void mix(long kind, long first, long second) {
    hash = Mixing.mix(hash ^ kind, first, second);
  }

  private void tell(Node node, String what) {
    if (telling) {
      lines.add(String.format("%12.3f ms  %-7s %s", world.nowNs / 1e6, node.name, readable(what)));
    }
  }

  /// A line about the world itself.
  void tellWorld(String what) {
    if (telling) {
      lines.add(String.format("%12.3f ms  ------- %s", world.nowNs / 1e6, readable(what)));
    }
  }

  /// Gives a task a name that people can read.
  void named(TaskId task, TaskId parent, String name) {
    if (telling) {
      String above = names.getOrDefault(parent.toString(), "main");
      names.putIfAbsent(task.toString(), above.equals("main") ? name : above + "/" + name);
    }
  }

  /// Gives a worker a name that people can read.
  void named(WorkerId worker, String name) {
    names.put(worker.toString(), name);
    names.put("e" + worker.toString().substring(1), name + "'s estate");
    names.put(worker.brief(), name);
  }

  /// Replaces ids by names.
  String readable(String text) {
    Matcher matcher = NAME.matcher(text);
    return matcher.replaceAll(
        found -> Matcher.quoteReplacement(names.getOrDefault(found.group(), found.group())));
  }

  void event(Node node, Event event) {
    events++;
    mix(node.index, world.nowNs, kindAndContent(event));
    if (telling) {
      tell(node, "<- " + text(event));
    }
  }

  private static String text(Event event) {
    return switch (event) {
      case Event.Submit(TaskSpec spec, long[] handles, _) ->
          "submit " + brief(spec) + " handles " + Arrays.toString(handles);
      case Event.HandlesAdded(List<Reference> references, long[] handles) ->
          "handles " + Arrays.toString(handles) + " of " + references;
      case Event.Arrived(WorkerId from, long era, Message message) ->
          "from " + from + " (era " + era + "): " + text(message);
      default -> event.toString();
    };
  }

  private static String text(Message message) {
    return message instanceof Message.TaskPush push
        ? "TaskPush " + push.number() + " attempt " + push.attempt() + " " + brief(push.spec())
        : message.toString();
  }

  private static String brief(TaskSpec spec) {
    return spec.id()
        + " run "
        + spec.run()
        + " args "
        + spec.arguments()
        + " captured "
        + spec.captured();
  }

  private static long kindAndContent(Event event) {
    return switch (event) {
      case Event.Submit(TaskSpec spec, _, _) -> 1 + hash(spec.id());
      case Event.Put(var object, _, _, long handle, _, _, _, _) -> 2 + object.hashCode() + handle;
      case Event.HandlesAdded(_, long[] handles) -> 3 + Arrays.hashCode(handles);
      case Event.HandleDropped(_, long handle) -> 4 + (handle << 8);
      case Event.Get(long request, Reference reference) -> 5 + request + reference.hashCode();
      case Event.GetAbandoned(long request) -> 6 + (request << 8);
      case Event.ReadDone(long request) -> 7 + (request << 8);
      case Event.Await(long request, _, int count) -> 8 + (request << 8) + count;
      case Event.AwaitEnded(long request) -> 9 + (request << 8);
      case Event.Cancel(Reference reference, _, _) -> 10 + reference.hashCode();
      case Event.Reserve(long request, long bytes) -> 12 + (request << 8) + bytes;
      case Event.ReserveReturned(long bytes) -> 13 + bytes;
      case Event.Finished(long execution, _, long durationNs) -> 14 + execution + durationNs;
      case Event.Blocked(long execution) -> 15 + (execution << 8);
      case Event.Unblocked(long execution) -> 16 + (execution << 8);
      case Event.Fetched(long fetch, boolean ok) -> 17 + (fetch << 8) + (ok ? 1 : 0);
      case Event.Arrived(WorkerId from, long era, Message message) ->
          18 + from.hashCode() + era + Links.kindOf(message).hashCode();
      case Event.Replicated(WorkerId from, HeirMessage message) ->
          22 + from.hashCode() + message.epoch() + hash(message);
      case Event.ImageRead(var estate, var image, _, var here) ->
          24 + estate.hashCode() + image.batch() + here.hashCode();
      case Event.JournalOpened(var estate, WorkerId journal) ->
          23 + estate.hashCode() + journal.hashCode();
      case Event.EntryFollowed(long index, _) -> 19 + (index << 8);
      case Event.Tick _ -> 20;
      case Event.Batch(var all) -> 21 + all.size();
    };
  }

  private static long hash(TaskId task) {
    return task.high() ^ Long.rotateLeft(task.low(), 7);
  }

  void sent(Node node, WorkerId to, long era, Message message) {
    mix(100 + node.index, to.low() + era, Links.kindOf(message).hashCode());
    if (telling) {
      tell(node, "-> to " + to + ": " + text(message));
    }
  }

  void replicated(Node node, WorkerId to, HeirMessage message) {
    mix(600 + node.index, to.low(), hash(message));
    if (telling) {
      tell(node, "=> to " + to + ": " + message);
    }
  }

  private static long hash(HeirMessage message) {
    return switch (message) {
      case HeirMessage.Part part ->
          Mixing.mix(part.batch(), part.sequence(), Arrays.hashCode(part.records()));
      case HeirMessage.Received received -> Mixing.mix(received.feed(), received.through());
      case HeirMessage.Declined declined -> declined.feed();
    };
  }

  void run(Node node, long execution, TaskSpec spec, int attempt, EstateId estate) {
    mix(200 + node.index, execution, hash(spec.id()) + attempt);
    if (telling) {
      tell(
          node,
          "-> run " + execution + " attempt " + attempt + " of " + estate + " " + brief(spec));
    }
  }

  void got(Node node, long request, Reference reference, Outcome outcome) {
    mix(300 + node.index, request, reference.hashCode());
    if (telling) {
      tell(node, "-> got " + request + " " + reference + " = " + outcome);
    }
  }

  void effect(Node node, String kind, Object about) {
    mix(400 + node.index, kind.hashCode(), about instanceof Long n ? n : 0);
    if (telling) {
      tell(node, "-> " + kind + " " + about);
    }
  }

  void step(Node node, TaskId task, Step step) {
    if (telling) {
      tell(node, "   " + task + ": " + step);
    }
  }

  void committed(long index, Entry entry) {
    mix(500, index, 0);
    tellWorld("log " + index + ": " + entry);
  }
}
