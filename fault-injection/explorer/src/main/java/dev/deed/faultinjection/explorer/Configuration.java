package dev.deed.faultinjection.explorer;

import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/// A small cluster with its programs and the faults that may happen to it: what one search covers.
///
/// @param name by which it is asked for
/// @param about one sentence: what it is to show
/// @param workers in the order of their joins
/// @param scripts of all tasks and main programs
/// @param mains name of the script that runs at each worker from the start
/// @param crashes most processes that end at any moment
/// @param pauses most workers that are declared dead while they go on
/// @param mortal names of the workers to which that may happen
/// @param heirs full heirs that each estate has; 0 closes the estates of the dead (mode `none`)
public record Configuration(
    String name,
    String about,
    List<Worker> workers,
    List<Script> scripts,
    Map<String, String> mains,
    int crashes,
    int pauses,
    List<String> mortal,
    int heirs) {

  /// A worker.
  ///
  /// @param cpus that it has for tasks; 0 for a driver
  /// @param late whether it joins at any moment, and not before everything begins
  public record Worker(String name, int cpus, boolean late) {}

  /// Refuses what the search does not know yet.
  public Configuration {
    if (heirs != 0) {
      throw new IllegalArgumentException(
          "configuration " + name + " has heirs, which the core does not have yet: use 0");
    }
    if (workers.size() < 2 || workers.size() > 8) {
      throw new IllegalArgumentException(
          "configuration " + name + " has " + workers.size() + " workers: use 2 to 8");
    }
  }

  /// The same with faults, which its name tells.
  Configuration withFaults(int moreCrashes, int morePauses, String... dying) {
    String longer = name;
    longer += moreCrashes == 0 ? "" : "-crash" + (moreCrashes == 1 ? "" : moreCrashes);
    longer += morePauses == 0 ? "" : "-pause" + (morePauses == 1 ? "" : morePauses);
    return new Configuration(
        longer,
        about,
        workers,
        scripts,
        mains,
        moreCrashes,
        morePauses,
        dying.length == 0 ? workers.stream().map(Worker::name).toList() : List.of(dying),
        heirs);
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
