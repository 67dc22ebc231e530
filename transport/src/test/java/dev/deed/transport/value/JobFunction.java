package dev.deed.transport.value;

import java.io.Serializable;

/// A function that classes compiled by a test implement.
public interface JobFunction extends Serializable {
  /// Runs it.
  int run(int x);
}
