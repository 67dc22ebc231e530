package dev.deed.evaluation.bench;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Session;
import dev.deed.futures.cli.ClusterAccess;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

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

  /// As it is written on the command line.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Reads what [#toString] writes.
  static final class Parser implements ITypeConverter<Backend> {
    @Override
    public Backend convert(String text) {
      for (Backend backend : values()) {
        if (backend.toString().equals(text)) {
          return backend;
        }
      }
      throw new TypeConversionException("give local or cluster, not '" + text + "'");
    }
  }
}
