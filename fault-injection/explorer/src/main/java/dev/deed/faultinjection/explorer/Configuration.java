package dev.deed.faultinjection.explorer;

import dev.deed.ownership.heirs.HeirsConfig.Mode;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;

/// A small cluster with its programs and the faults that may happen to it: what one search covers.
///
/// @param name by which it is asked for
/// @param about one sentence: what it is to show
/// @param workers in the order of their joins
/// @param scripts of all tasks and main programs
/// @param mains name of the script that runs at each worker from the start
/// @param heirs how estates are kept when their servers die
/// @param faults what may go wrong
public record Configuration(
    String name,
    String about,
    List<Worker> workers,
    List<Script> scripts,
    Map<String, String> mains,
    Heirs heirs,
    Faults faults) {

  /// A worker.
  ///
  /// @param cpus that it has for tasks; 0 for a driver
  /// @param late whether it joins at any moment, and not before everything begins
  public record Worker(String name, int cpus, boolean late) {}

  /// How estates are kept.
  ///
  /// @param mode what is promised
  /// @param counts how many heirs the estates have that a worker serves, by its name; none where it
  ///   is not named, so that a configuration is no larger than what it is to show
  /// @param settled whether all heirs are full when the programs begin
  public record Heirs(Mode mode, Map<String, Integer> counts, boolean settled) {
    /// Estates are closed when their servers die.
    public static final Heirs NONE = new Heirs(Mode.NONE, Map.of(), false);

    /// Whether there are any.
    public boolean wanted() {
      return mode != Mode.NONE;
    }
  }

  /// What may go wrong, each at any moment.
  ///
  /// @param crashes most processes that end
  /// @param pauses most workers that are declared dead while they go on
  /// @param losses most messages of record logs that are lost
  /// @param mortal names of the workers that may end, or be declared dead
  public record Faults(int crashes, int pauses, int losses, List<String> mortal) {
    /// Nothing.
    public static final Faults NONE = new Faults(0, 0, 0, List.of());
  }

  /// Refuses what the search does not know.
  public Configuration {
    if (workers.size() < 2 || workers.size() > 8) {
      throw new IllegalArgumentException(
          "configuration " + name + " has " + workers.size() + " workers: use 2 to 8");
    }
  }

  /// The same with faults, which its name tells.
  Configuration withFaults(int crashes, int pauses, String... dying) {
    return withFaults(crashes, pauses, 0, dying);
  }

  /// The same with faults, messages of record logs that are lost among them.
  Configuration withFaults(int crashes, int pauses, int losses, String... dying) {
    String longer = name;
    longer += told("crash", crashes) + told("pause", pauses) + told("loss", losses);
    List<String> mortal =
        dying.length == 0 ? workers.stream().map(Worker::name).toList() : List.of(dying);
    return new Configuration(
        longer, about, workers, scripts, mains, heirs, new Faults(crashes, pauses, losses, mortal));
  }

  /// The same where estates are kept by heirs, which are full when the programs begin.
  ///
  /// @param counts how many heirs, as "O 1 A 1"
  Configuration withHeirs(Mode mode, String counts) {
    return withHeirs(new Heirs(mode, counted(counts), true));
  }

  /// The same where heirs join as anything else happens.
  Configuration withJoiningHeirs(Mode mode, String counts) {
    return withHeirs(new Heirs(mode, counted(counts), false));
  }

  private Configuration withHeirs(Heirs kept) {
    return new Configuration(name, about, workers, scripts, mains, kept, faults);
  }

  private static Map<String, Integer> counted(String counts) {
    String[] words = counts.split(" ", -1);
    Map<String, Integer> all = new TreeMap<>();
    for (int i = 0; i < words.length; i += 2) {
      all.put(words[i], Integer.valueOf(words[i + 1]));
    }
    return all;
  }

  /// The same under another name.
  Configuration called(String other) {
    return new Configuration(other, about, workers, scripts, mains, heirs, faults);
  }

  private static String told(String fault, int most) {
    return switch (most) {
      case 0 -> "";
      case 1 -> "-" + fault;
      default -> "-" + fault + most;
    };
  }

  /// The place of a worker in the list.
  int worker(String wanted) {
    for (int i = 0; i < workers.size(); i++) {
      if (workers.get(i).name().equals(wanted)) {
        return i;
      }
    }
    throw new NoSuchElementException(name + " has no worker " + wanted);
  }

  /// The place of a script in the list.
  int script(String wanted) {
    for (int i = 0; i < scripts.size(); i++) {
      if (scripts.get(i).name().equals(wanted)) {
        return i;
      }
    }
    throw new NoSuchElementException(name + " has no script " + wanted);
  }
}
