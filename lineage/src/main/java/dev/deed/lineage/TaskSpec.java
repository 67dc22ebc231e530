package dev.deed.lineage;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/// Everything that is needed to run a task, and to run it again: the unit of lineage.
///
/// @param id derived name; an execution that is repeated keeps it
/// @param run how often the task's own code has been run anew after an application error
/// @param parent the task that made the call
/// @param function the code and what it captured, opaque to the protocol
/// @param captured references that stand among the captured values; they travel as they are
/// @param arguments the joined references, delivered as values
/// @param returns number of result objects, at least 1
/// @param terms what it needs, how often it may be tried, and where it may run
/// @param origin for messages to people
public record TaskSpec(
    TaskId id,
    int run,
    TaskId parent,
    Payload function,
    List<Reference> captured,
    List<Argument> arguments,
    int returns,
    Terms terms,
    Origin origin) {
  /// Most results that one task may have.
  public static final int MAX_RETURNS = 1 << 20;

  /// Most references that one task may join: their descriptions have room in a message.
  public static final int MAX_ARGUMENTS = 1 << 21;

  /// As they are written: each by its place.
  private static final List<Keeping> KEEPINGS = List.of(Keeping.ESTATE, Keeping.SYNC);

  /// Refuses a specification without a result, or with more of anything than a message can tell.
  public TaskSpec {
    if (returns < 1 || returns > MAX_RETURNS) {
      throw new IllegalArgumentException("a task has 1 to " + MAX_RETURNS + " results: " + returns);
    }
    if (arguments.size() > MAX_ARGUMENTS) {
      throw new IllegalArgumentException(
          "a task joins at most "
              + MAX_ARGUMENTS
              + " references, not "
              + arguments.size()
              + "; combine them in several tasks, and join the results");
    }
  }

  /// What a task needs and may do.
  ///
  /// @param demand resources that it holds while it runs
  /// @param retries how often it may be executed again, for lost executions and for exceptions of
  ///   `retryOn` together
  /// @param retryOn names of the exception classes after which it is run again
  /// @param timeoutNs longest time from submission to the result, 0 for no limit
  /// @param placement where it should run
  /// @param keeping what its owner's heirs are told of it
  public record Terms(
      Demand demand,
      int retries,
      List<String> retryOn,
      long timeoutNs,
      Placement placement,
      Keeping keeping) {
    /// One processor, three retries for lost executions, anywhere.
    public static final Terms DEFAULT =
        new Terms(Demand.ONE_CPU, 3, List.of(), 0, new Placement.Anywhere());

    /// Kept as its estate is.
    public Terms(
        Demand demand, int retries, List<String> retryOn, long timeoutNs, Placement placement) {
      this(demand, retries, retryOn, timeoutNs, placement, Keeping.ESTATE);
    }
  }

  /// The name of a task and where its call stands, for errors and reports.
  public record Origin(String name, String site) {
    /// Nothing known.
    public static final Origin UNKNOWN = new Origin("task", "");
  }

  /// The object of result `index`.
  public ObjectId result(int index) {
    return id.result(index);
  }

  /// The same task with other arguments, for when they have been resolved.
  public TaskSpec withArguments(List<Argument> resolved) {
    return new TaskSpec(id, run, parent, function, captured, resolved, returns, terms, origin);
  }

  /// The same task at its next run: its children get new names.
  public TaskSpec withRun(int nextRun) {
    return new TaskSpec(id, nextRun, parent, function, captured, arguments, returns, terms, origin);
  }

  /// At most so many bytes the small values among the arguments take in a message together.
  public long inlineBytes() {
    long bytes = 0;
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i) instanceof Argument.Inline inline) {
        bytes += inline.value().messageBytes();
      }
    }
    return bytes;
  }

  /// The references that travel with the specification: those captured, those joined whose values
  /// don't travel, and those inside values that do. May contain repetitions.
  public List<Reference> carried() {
    if (arguments.isEmpty()) {
      return captured;
    }
    List<Reference> carried = new ArrayList<>(captured);
    for (Argument argument : arguments) {
      if (argument instanceof Argument.Inline(_, Value value)) {
        carried.addAll(value.references());
      } else {
        carried.add(argument.reference());
      }
    }
    return carried;
  }

  /// Tells calls apart: two that have the same are the same call, made by two executions of their
  /// parent. What an argument's value is does not count, only which reference was joined. Never 0.
  public long fingerprint() {
    long hash = Mixing.mix(function.bytes(), returns);
    for (Reference reference : captured) {
      hash = mix(hash, reference);
    }
    for (Argument argument : arguments) {
      hash = mix(hash, argument.reference());
    }
    hash = Mixing.mix(hash, terms.retries);
    return hash == 0 ? 1 : hash;
  }

  private static long mix(long hash, Reference reference) {
    ObjectId object = reference.object();
    WorkerId estate = reference.estate().creator();
    long task = Mixing.mix(object.task().high(), object.task().low(), object.index());
    return Mixing.mix(Mixing.mix(hash, task), estate.high(), estate.low());
  }

  /// Bytes that keeping this specification costs, for the lineage budget; argument values that are
  /// kept only for its sake are counted elsewhere.
  public long retainedBytes() {
    long bytes = 200L + function.size() + 64L * captured.size();
    for (Argument argument : arguments) {
      bytes += argument instanceof Argument.Inline inline ? 100L + inline.value().size() : 100L;
    }
    return bytes;
  }

  /// Writes all parts.
  public void write(WireWriter out) {
    id.write(out);
    out.writeInt(run);
    parent.write(out);
    out.writeBytes(function.bytes());
    Reference.writeAll(captured, out);
    out.writeInt(arguments.size());
    for (Argument argument : arguments) {
      writeArgument(argument, out);
    }
    out.writeInt(returns);
    if (terms.equals(Terms.DEFAULT)) {
      out.writeBoolean(false);
    } else {
      out.writeBoolean(true);
      terms.demand.write(out);
      out.writeInt(terms.retries);
      out.writeInt(terms.retryOn.size());
      terms.retryOn.forEach(out::writeString);
      out.writeLong(terms.timeoutNs);
      terms.placement.write(out);
      out.writeByte(KEEPINGS.indexOf(terms.keeping));
    }
    out.writeString(origin.name);
    out.writeString(origin.site);
  }

  /// Reads what [#write] wrote.
  public static TaskSpec read(WireReader in) {
    TaskId id = TaskId.read(in);
    int run = in.readInt();
    TaskId parent = TaskId.read(in);
    Payload function = Payload.of(in.readBytes());
    List<Reference> captured = Reference.readAll(in);
    int count = in.readCount(34);
    if (count > MAX_ARGUMENTS) {
      throw new MalformedException("a task with " + count + " arguments");
    }
    List<Argument> arguments = count == 0 ? List.of() : new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      arguments.add(readArgument(in));
    }
    int returns = in.readInt();
    if (returns < 1 || returns > MAX_RETURNS) {
      throw new MalformedException("a task of " + returns + " results");
    }
    Terms terms = in.readBoolean() ? readTerms(in) : Terms.DEFAULT;
    Origin origin = new Origin(in.readString(), in.readString());
    return new TaskSpec(id, run, parent, function, captured, arguments, returns, terms, origin);
  }

  private static Terms readTerms(WireReader in) {
    Demand demand = Demand.read(in);
    int retries = in.readInt();
    int count = in.readCount(1);
    List<String> retryOn = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      retryOn.add(in.readString());
    }
    long timeoutNs = in.readLong();
    Placement placement = Placement.read(in);
    int keeping = in.readByte();
    if (keeping >= KEEPINGS.size()) {
      throw new MalformedException("a task of keeping " + keeping);
    }
    return new Terms(demand, retries, retryOn, timeoutNs, placement, KEEPINGS.get(keeping));
  }

  private static void writeArgument(Argument argument, WireWriter out) {
    argument.reference().write(out);
    switch (argument) {
      case Argument.Pending _ -> out.writeByte(0);
      case Argument.Inline(_, Value value) -> {
        out.writeByte(1);
        value.write(out);
      }
      case Argument.Stored(_, StoredValue value, List<WorkerId> holders) -> {
        out.writeByte(2);
        value.write(out);
        out.writeInt(holders.size());
        holders.forEach(holder -> holder.write(out));
      }
    }
  }

  private static Argument readArgument(WireReader in) {
    Reference reference = Reference.read(in);
    int kind = in.readByte();
    return switch (kind) {
      case 0 -> new Argument.Pending(reference);
      case 1 -> new Argument.Inline(reference, Value.read(in));
      case 2 -> {
        StoredValue value = StoredValue.read(in);
        int count = in.readCount(16);
        List<WorkerId> holders = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          holders.add(WorkerId.read(in));
        }
        yield new Argument.Stored(reference, value, holders);
      }
      default -> throw new MalformedException("an argument of kind " + kind);
    };
  }
}
