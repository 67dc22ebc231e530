package dev.deed.faultinjection.explorer;

import dev.deed.faultinjection.explorer.Action.Cancel;
import dev.deed.faultinjection.explorer.Action.Drop;
import dev.deed.faultinjection.explorer.Action.Get;
import dev.deed.faultinjection.explorer.Action.Keep;
import dev.deed.faultinjection.explorer.Action.Put;
import dev.deed.faultinjection.explorer.Action.Return;
import dev.deed.faultinjection.explorer.Action.Submit;
import dev.deed.faultinjection.explorer.Action.Take;
import dev.deed.faultinjection.explorer.Configuration.Worker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The configurations that there are. O is a driver, all others run tasks. What a script has not
/// dropped at its end goes at any moment.
final class Configurations {
  private static final List<String> NONE = List.of();

  private static final Configuration KEEP =
      of(
          "keep",
          "O puts x and calls t at A with it, which keeps x after its end.",
          "O A",
          Script.of("main", put("x"), call("t", "keeper", "A", "x"), drop("x"), drop("t")),
          Script.of("keeper"));

  private static final Configuration AGAIN =
      of(
          "again",
          "A is given x in one task, and once more in another.",
          "O A",
          Script.of(
              "main",
              put("x"),
              call("t", "keeper", "A", "x"),
              drop("t"),
              call("u", "keeper", "A", "x"),
              drop("x"),
              drop("u")),
          Script.of("keeper"));

  private static final Configuration LATE =
      of(
          "late",
          "O joins late, and calls t at A with x, which keeps it.",
          "+O A",
          Script.of("main", put("x"), call("t", "keeper", "A", "x"), drop("x"), get("t")),
          Script.of("keeper"));

  private static final Configuration HANDOVER =
      of(
          "handover",
          "O puts x and calls t at A with it; t calls u at B with x, which keeps it.",
          "O A B",
          Script.of("main", put("x"), call("t", "middle", "A", "x"), drop("x"), drop("t")),
          Script.of("middle", call("u", "keeper", "B", "c0"), drop("c0"), drop("u")),
          Script.of("keeper"));

  private static final Configuration REGISTERED =
      of(
          "registered",
          "A keeps x after its first task; a second one calls u at B with it.",
          "O A B",
          Script.of(
              "main",
              put("x"),
              call("t", "keeper", "A", "x"),
              drop("x"),
              drop("t"),
              call("s", "giver", "A"),
              drop("s")),
          Script.of("keeper", new Keep("c0", "x")),
          Script.of("giver", new Take("x", "x"), call("u", "user", "B", "x"), drop("x"), drop("u")),
          Script.of("user"));

  private static final Configuration INSIDE =
      of(
          "inside",
          "y contains x; t at A is given y, reads x in it, drops y and keeps x.",
          "O A",
          Script.of(
              "main",
              put("x"),
              put("y", "x"),
              drop("x"),
              call("t", "reader", "A", "y"),
              drop("y"),
              drop("t")),
          Script.of("reader", get("c0", "x"), drop("c0")));

  private static final Configuration INSIDE_TWICE =
      of(
          "inside-elsewhere",
          "A's y contains O's x; u at B reads x in y and keeps it.",
          "O A B",
          Script.of("main", put("x"), call("t", "wrapper", "A", "x"), drop("x"), drop("t")),
          Script.of(
              "wrapper",
              put("y", "c0"),
              drop("c0"),
              call("u", "reader", "B", "y"),
              drop("y"),
              drop("u")),
          Script.of("reader", get("c0", "x"), drop("c0")));

  private static final Configuration RETURNED =
      of(
          "returned",
          "t at A returns a value with A's own z and O's x inside; O reads both.",
          "O A",
          Script.of(
              "main",
              put("x"),
              call("t", "maker", "A", "x"),
              drop("x"),
              get("t", "z", "x2"),
              drop("t")),
          Script.of("maker", put("z"), new Return(false, List.of("z", "c0"))));

  private static final Configuration ASKED =
      of(
          "asked",
          "u at B is given the result of t, which runs at A, and reads it.",
          "O A B",
          Script.of(
              "main",
              call("t", "maker", "A"),
              call("u", "asker", "B", "t"),
              drop("t"),
              get("u"),
              drop("u")),
          Script.of("maker"),
          Script.of("asker", get("c0"), drop("c0")));

  private static final Configuration STORED =
      of(
          "stored",
          "t at A makes a large value, which u at B needs; both may be executed again.",
          "O A B",
          Script.of(
              "main",
              new Submit("t", "maker", "", NONE, NONE, 2),
              new Submit("u", "user", "B", NONE, List.of("t"), 2),
              drop("t"),
              get("u"),
              drop("u")),
          Script.of("maker", new Return(true, NONE)),
          Script.of("user"));

  private static final Configuration STORED_PUT =
      of(
          "stored-put",
          "t at A puts a large y with O's x inside and calls u at B, which reads it.",
          "O A B",
          Script.of("main", put("x"), call("t", "putter", "A", "x"), drop("x"), drop("t")),
          Script.of(
              "putter",
              new Put("y", true, List.of("c0")),
              drop("c0"),
              call("u", "reader", "B", "y"),
              drop("y"),
              drop("u")),
          Script.of("reader", get("c0", "x"), drop("c0")));

  private static final Configuration STORED_ONCE =
      of(
          "stored-once",
          "t at A makes a large value, which u at B reads; neither may be executed again.",
          "O A B",
          Script.of(
              "main",
              call("t", "maker", "A"),
              call("u", "reader", "B", "t"),
              get("u"),
              drop("u"),
              get("t"),
              drop("t")),
          Script.of("maker", new Return(true, NONE)),
          Script.of("reader", get("c0"), drop("c0")));

  private static final Configuration INSIDE_LOST =
      of(
          "inside-lost",
          "O's y, made by t at A, is large and contains B's x; u at C is given y, and reads x.",
          "O A B C",
          Script.of(
              "main",
              call("s", "putter", "B"),
              get("s", "x"),
              drop("s"),
              call("t", "wrapper", "A", "x"),
              drop("x"),
              new Submit("u", "reader", "C", NONE, List.of("t"), 0),
              get("u"),
              drop("t"),
              drop("u")),
          Script.of("putter", put("x"), new Return(false, List.of("x"))),
          Script.of("wrapper", new Return(true, List.of("c0"))),
          Script.of("reader", get("a0.0"), drop("a0.0")));

  private static final Configuration LINEAGE =
      lineage(
          "lineage",
          "O holds A's x for the lineage of t alone, which makes a large value and may run again.");

  /// A reference is held for the lineage of a task alone.
  static Configuration lineage(String name, String text) {
    return of(
        name,
        text,
        "O A B",
        Script.of(
            "main",
            call("p", "putter", "A"),
            get("p", "x"),
            drop("p"),
            new Submit("t", "maker", "", List.of("x"), NONE, 1),
            drop("x"),
            get("t"),
            drop("t")),
        Script.of("putter", put("x"), new Return(false, List.of("x"))),
        Script.of("maker", get("c0"), drop("c0"), new Return(true, NONE)));
  }

  private static final Configuration PASSED_UP =
      of(
          "passed-up",
          "B's z comes inside a value to A, and inside another to O, which reads it.",
          "O A B",
          Script.of("main", call("t", "middle", "A"), get("t", "z"), drop("t"), get("z")),
          Script.of(
              "middle",
              call("u", "maker", "B"),
              get("u", "z"),
              drop("u"),
              new Return(false, List.of("z"))),
          Script.of("maker", put("z"), new Return(false, List.of("z"))));

  private static final Configuration PENDING_INSIDE =
      of(
          "pending-inside",
          "y contains the result of t, which is not there yet when u at B reads it in y.",
          "O A B",
          Script.of(
              "main",
              call("t", "maker", "A"),
              put("y", "t"),
              drop("t"),
              call("u", "reader", "B", "y"),
              drop("y"),
              drop("u")),
          Script.of("maker"),
          Script.of("reader", get("c0", "t"), drop("c0"), get("t"), drop("t")));

  private static final Configuration CANCELLED =
      of(
          "cancelled",
          "t at A has called u at B with x when O cancels it.",
          "O A B",
          Script.of(
              "main",
              put("x"),
              call("t", "middle", "A", "x"),
              drop("x"),
              new Cancel("t"),
              drop("t")),
          Script.of("middle", call("u", "keeper", "B", "c0"), drop("c0"), get("u"), drop("u")),
          Script.of("keeper"));

  private static final Configuration CHAIN =
      of(
          "chain",
          "x goes from O to A, from A to B and from B to C, which keeps it.",
          "O A B C",
          Script.of("main", put("x"), call("t", "first", "A", "x"), drop("x"), drop("t")),
          Script.of("first", call("u", "second", "B", "c0"), drop("c0"), drop("u")),
          Script.of("second", call("v", "last", "C", "c0"), drop("c0"), drop("v")),
          Script.of("last"));

  private Configurations() {}

  /// @param workers names, with a `+` before those that join late
  static Configuration of(String name, String about, String workers, Script... scripts) {
    List<Worker> all = new ArrayList<>();
    for (String word : workers.split(" ", -1)) {
      String worker = word.replace("+", "");
      all.add(new Worker(worker, worker.equals("O") ? 0 : 2, word.startsWith("+")));
    }
    return new Configuration(
        name,
        about,
        all,
        Arrays.asList(scripts),
        Map.of("O", "main"),
        Configuration.Heirs.NONE,
        Configuration.Faults.NONE);
  }

  static Put put(String into, String... inside) {
    return new Put(into, false, List.of(inside));
  }

  static Submit call(String into, String script, String at, String... captured) {
    return new Submit(into, script, at, List.of(captured), NONE, 0);
  }

  static Get get(String from, String... into) {
    return new Get(from, List.of(into));
  }

  static Drop drop(String name) {
    return new Drop(name);
  }

  /// All of them, the smallest first: each without faults, with a crash of anybody, and with a
  /// pause of anybody.
  static List<Configuration> all() {
    List<Configuration> all = new ArrayList<>();
    for (Configuration one :
        List.of(
            KEEP,
            LATE,
            INSIDE,
            RETURNED,
            AGAIN,
            HANDOVER,
            ASKED,
            REGISTERED,
            CANCELLED,
            STORED,
            STORED_ONCE,
            LINEAGE,
            PASSED_UP,
            PENDING_INSIDE,
            STORED_PUT,
            INSIDE_TWICE,
            CHAIN)) {
      all.add(one);
      all.add(one.withFaults(1, 0));
      all.add(one.withFaults(0, 1));
    }
    all.add(INSIDE_LOST);
    all.add(INSIDE_LOST.withFaults(1, 0, "A"));
    all.add(INSIDE_LOST.withFaults(0, 1, "A"));
    all.add(HANDOVER.withFaults(2, 0));
    all.add(CHAIN.withFaults(2, 0, "A", "B"));
    all.addAll(HeirConfigurations.all());
    return List.copyOf(all);
  }
}
