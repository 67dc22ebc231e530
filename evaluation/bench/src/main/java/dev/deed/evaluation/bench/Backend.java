package dev.deed.evaluation.bench;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Session;
import dev.deed.futures.cli.ClusterAccess;
import java.util.Locale;

/// Where the tasks of the benchmarks run.
enum Backend {
  /// In this process.
  LOCAL {
    @Override
    Session open() {
      return Deed.local();
    }
  },

  /// In two worker processes on this machine.
  CLUSTER {
    @Override
    Session open() {
      return ClusterAccess.need().open(WORKERS, DeedConfig.load());
    }
  };

  private static final int WORKERS = 2;

  abstract Session open();

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
