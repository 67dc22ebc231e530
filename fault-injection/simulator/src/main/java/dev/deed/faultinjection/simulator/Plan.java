package dev.deed.faultinjection.simulator;

import dev.deed.ownership.heirs.HeirsConfig;
import java.util.List;

/// All that a run is made of besides its seed: the cluster, the programs and the faults.
///
/// @param cpus of each process; the first is the driver and has none, and so may workers
/// @param scripts number 0 is the driver's main program
/// @param settings the numbers that every core runs by
/// @param faults what goes wrong, in any order
record Plan(List<Integer> cpus, List<Script> scripts, Settings settings, List<Fault> faults) {

  /// The numbers of a plan that are the same for all workers.
  ///
  /// @param codecPerThousand how many of a thousand messages pass through their binary form
  /// @param heirs how the estates of workers are kept
  /// @param heirLossPerThousand how many of a thousand messages of the heirs' channel are lost
  /// @param resumptions how often the main program is resumed when its driver is dead; with 0 it is
  ///   no job, and ends with its driver
  record Settings(
      int inlineLimitBytes,
      long inlineTotalBytes,
      long lineageBudgetBytes,
      long storeBytes,
      int queueBound,
      int prefetch,
      long releaseDelayNs,
      int codecPerThousand,
      HeirsConfig heirs,
      int heirLossPerThousand,
      int resumptions) {
    /// Roomy, and small enough to be quick.
    static final Settings DEFAULT =
        new Settings(
            64 << 10,
            256L << 20,
            256L << 20,
            100L << 20,
            1 << 20,
            4,
            200_000_000L,
            50,
            HeirsConfig.NONE,
            0,
            0);

    Settings withLineageBudget(long bytes) {
      return new Settings(
          inlineLimitBytes,
          inlineTotalBytes,
          bytes,
          storeBytes,
          queueBound,
          prefetch,
          releaseDelayNs,
          codecPerThousand,
          heirs,
          heirLossPerThousand,
          resumptions);
    }

    Settings withStore(long bytes) {
      return new Settings(
          inlineLimitBytes,
          inlineTotalBytes,
          lineageBudgetBytes,
          bytes,
          queueBound,
          prefetch,
          releaseDelayNs,
          codecPerThousand,
          heirs,
          heirLossPerThousand,
          resumptions);
    }

    Settings withHeirs(HeirsConfig config, int lossPerThousand) {
      return new Settings(
          inlineLimitBytes,
          inlineTotalBytes,
          lineageBudgetBytes,
          storeBytes,
          queueBound,
          prefetch,
          releaseDelayNs,
          codecPerThousand,
          config,
          lossPerThousand,
          resumptions);
    }

    Settings withResumptions(int most) {
      return new Settings(
          inlineLimitBytes,
          inlineTotalBytes,
          lineageBudgetBytes,
          storeBytes,
          queueBound,
          prefetch,
          releaseDelayNs,
          codecPerThousand,
          heirs,
          heirLossPerThousand,
          most);
    }

    Settings withCodecAlways() {
      return new Settings(
          inlineLimitBytes,
          inlineTotalBytes,
          lineageBudgetBytes,
          storeBytes,
          queueBound,
          prefetch,
          releaseDelayNs,
          1000,
          heirs,
          heirLossPerThousand,
          resumptions);
    }
  }

  Plan withFaults(List<Fault> others) {
    return new Plan(cpus, scripts, settings, List.copyOf(others));
  }

  Plan withScripts(List<Script> others) {
    return new Plan(cpus, List.copyOf(others), settings, faults);
  }

  /// Steps and faults together: what a shrinker makes smaller.
  int size() {
    int size = faults.size();
    for (Script script : scripts) {
      size += script.steps().size();
    }
    return size;
  }

  /// The plan as text, one script and one fault a line.
  String describe() {
    StringBuilder text = new StringBuilder("cpus " + cpus + ", " + settings + "\n");
    for (int i = 0; i < scripts.size(); i++) {
      text.append("script ").append(i).append(' ').append(scripts.get(i).name()).append('\n');
      scripts.get(i).steps().forEach(step -> text.append("    ").append(step).append('\n'));
    }
    faults.forEach(fault -> text.append("fault ").append(fault).append('\n'));
    return text.toString();
  }
}
