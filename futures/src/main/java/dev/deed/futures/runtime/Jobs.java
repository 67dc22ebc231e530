package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;

/// Where a worker finds the code of the jobs whose tasks it executes.
@FunctionalInterface
interface Jobs {
  /// The code of `job`; may wait until it has come. Throws [dev.deed.CodeMismatchException] if it
  /// can't be had, [dev.deed.InterruptedGetException] if interrupted meanwhile.
  JobCode of(WorkerId job);
}
