package dev.deed.faultinjection.explorer;

import static dev.deed.faultinjection.explorer.Configurations.call;
import static dev.deed.faultinjection.explorer.Configurations.drop;
import static dev.deed.faultinjection.explorer.Configurations.get;
import static dev.deed.faultinjection.explorer.Configurations.put;

import dev.deed.faultinjection.explorer.Action.Return;
import dev.deed.faultinjection.explorer.Action.Submit;
import dev.deed.ownership.heirs.HeirsConfig.Mode;
import java.util.ArrayList;
import java.util.List;

/// The configurations whose estates outlive their servers.
final class HeirConfigurations {
  private static final List<String> NONE = List.of();

  private static final Configuration PUT =
      Configurations.of(
          "heir-put",
          "O, whose heir is A, puts x and drops it.",
          "O A B",
          Script.of("main", put("x"), drop("x")));

  private static final Configuration READ =
      Configurations.of(
          "heir",
          "O, whose heir is A, puts x and calls t at B with it, which reads x.",
          "O A B",
          Script.of("main", put("x"), call("t", "reader", "B", "x"), drop("x"), drop("t")),
          Script.of("reader", get("c0"), drop("c0")));

  private static final Configuration RESULT =
      Configurations.of(
          "heir-result",
          "O, whose heir is A, calls t at B and u at A with the result, which reads it.",
          "O A B",
          Script.of(
              "main", call("t", "maker", "B"), call("u", "reader", "B", "t"), drop("t"), drop("u")),
          Script.of("maker"),
          Script.of("reader", get("c0"), drop("c0")));

  private static final Configuration STORED =
      Configurations.of(
          "heir-stored",
          "O, whose heir is A, calls t, which makes a large value at B and may run again, and"
              + " drops the result.",
          "O A B",
          Script.of("main", new Submit("t", "maker", "B", NONE, NONE, 1), drop("t")),
          Script.of("maker", new Return(true, NONE)));

  private static final Configuration INSIDE =
      Configurations.of(
          "heir-inside",
          "A, whose heir is B, puts a value that contains O's x, and drops it.",
          "O A B",
          Script.of("main", put("x"), call("t", "putter", "A", "x"), drop("x"), drop("t")),
          Script.of("putter", put("y", "c0"), drop("c0"), drop("y")));

  private static final Configuration HOLDS =
      Configurations.of(
          "heir-holds",
          "O, whose heir is A, puts y, which contains B's x, and calls t at B with y, which keeps it.",
          "O A B",
          Script.of(
              "main",
              call("p", "putter", "B"),
              get("p", "x"),
              drop("p"),
              put("y", "x"),
              drop("x"),
              call("t", "keeper", "B", "y"),
              drop("y"),
              drop("t")),
          Script.of("putter", put("x"), new Return(false, List.of("x"))),
          Script.of("keeper"));

  private static final Configuration LINEAGE =
      Configurations.lineage(
          "heir-lineage",
          "O holds A's x, whose heir is B, for the lineage of t alone, which makes a large value and"
              + " may run again.");

  private static final Configuration ADOPT = adopt("adopt", "O B A", "B");

  private static final Configuration ADOPT_ELSEWHERE = adopt("adopt-elsewhere", "O A B C", "C");

  private static Configuration adopt(String name, String workers, String childAt) {
    return Configurations.of(
        name,
        "O calls t, which runs at A, may run again and calls u at " + childAt + "; A's heir is B.",
        workers,
        Script.of("main", new Submit("t", "parent", "", NONE, NONE, 1), get("t"), drop("t")),
        Script.of("parent", call("u", "child", childAt), get("u"), drop("u")),
        Script.of("child"));
  }

  private static final Configuration PUT_AGAIN =
      Configurations.of(
          "put-again",
          "O calls t, which runs at A, may run again, and returns a value that contains A's z, which"
              + " O reads; A's heir is B.",
          "O B A",
          Script.of(
              "main",
              new Submit("t", "maker", "", NONE, NONE, 1),
              get("t", "z"),
              drop("t"),
              get("z"),
              drop("z")),
          Script.of("maker", put("z"), new Return(false, List.of("z"))));

  private HeirConfigurations() {}

  static List<Configuration> all() {
    List<Configuration> all = new ArrayList<>();
    for (Mode mode : List.of(Mode.ASYNC, Mode.SYNC)) {
      String suffix = mode == Mode.SYNC ? "-sync" : "";
      Configuration put = PUT.withHeirs(mode, "O 1");
      Configuration read = READ.withHeirs(mode, "O 1");
      Configuration result = RESULT.withHeirs(mode, "O 1");
      Configuration stored = STORED.withHeirs(mode, "O 1");
      Configuration adopt = ADOPT.withHeirs(mode, "A 1");
      Configuration chain = PUT.withHeirs(mode, "O 1 A 1");
      Configuration two = READ.withHeirs(mode, "O 2");
      Configuration joining = READ.withJoiningHeirs(mode, "O 1");
      add(all, put, "heir-put" + suffix, 2, 0, 0, "O", "A");
      add(all, chain, "heir-chain" + suffix, 2, 0, 0, "O", "A");
      add(all, put, "heir-replaced" + suffix, 1, 0, 0, "A");
      add(all, put, "heir-paused" + suffix, 0, 1, 0, "A");
      add(all, PUT.withHeirs(mode, "O 2"), "heir-two-put" + suffix, 2, 0, 0, "O", "A");
      add(all, read, "heir-crash-O" + suffix, 1, 0, 0, "O");
      add(all, read, "heir-crash-A" + suffix, 1, 0, 0, "A");
      add(all, read, "heir-crash-B" + suffix, 1, 0, 0, "B");
      add(all, read, "heir-loss" + suffix, 1, 0, 1, "O");
      add(all, read, "heir-pause-O" + suffix, 0, 1, 0, "O");
      add(all, two, "heir-two" + suffix, 1, 0, 0, "O");
      add(all, two, "heir-two-crash2" + suffix, 2, 0, 0, "O", "A");
      add(all, joining, "heir-joining" + suffix, 1, 0, 0, "O");
      add(all, result, "heir-result" + suffix, 1, 0, 0, "O");
      add(all, stored, "heir-stored" + suffix, 1, 0, 0, "O");
      add(all, stored, "heir-stored2" + suffix, 2, 0, 0, "O", "B");
      add(all, INSIDE.withHeirs(mode, "A 1"), "heir-inside" + suffix, 1, 0, 0, "A");
      add(all, HOLDS.withHeirs(mode, "O 1"), "heir-holds" + suffix, 1, 0, 0, "O");
      add(all, LINEAGE.withHeirs(mode, "A 1"), "heir-lineage" + suffix, 1, 0, 0, "A");
      add(all, READ.withHeirs(mode, "O 1 A 1"), "heir-chain-read" + suffix, 2, 0, 0, "O", "A");
      add(all, read, "heir-pause-A" + suffix, 0, 1, 0, "A");
      add(all, PUT.withJoiningHeirs(mode, "O 2"), "heir-two-joining" + suffix, 1, 0, 0, "O");
      add(all, PUT_AGAIN.withHeirs(mode, "A 1"), "put-again" + suffix, 1, 0, 0, "A");
      add(all, PUT_AGAIN.withHeirs(mode, "A 1"), "put-again-pause" + suffix, 0, 1, 0, "A");
      add(all, ADOPT.withHeirs(mode, "O 1 A 1"), "adopt-owner" + suffix, 2, 0, 0, "O", "A");
      add(all, ADOPT_ELSEWHERE.withHeirs(mode, "A 1"), "adopt-elsewhere" + suffix, 1, 0, 0, "A");
      add(
          all,
          ADOPT_ELSEWHERE.withHeirs(mode, "A 1 B 1"),
          "adopt-chain" + suffix,
          2,
          0,
          0,
          "A",
          "B");
      add(all, adopt, "adopt" + suffix, 0, 0, 0, "A");
      add(all, adopt, "adopt-crash" + suffix, 1, 0, 0, "A");
      add(all, adopt, "adopt-pause" + suffix, 0, 1, 0, "A");
    }
    return all;
  }

  private static void add(
      List<Configuration> all,
      Configuration one,
      String name,
      int crashes,
      int pauses,
      int losses,
      String... mortal) {
    all.add(one.withFaults(crashes, pauses, losses, mortal).called(name));
  }
}
