package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.value.ClassVersion;
import java.util.List;

/// Where a worker finds the code of the jobs whose tasks it executes. What it says may have to be
/// waited for. Its methods throw [dev.deed.CodeMismatchException] for what can't be had, and
/// [dev.deed.InterruptedGetException] if interrupted meanwhile.
interface Jobs {
  /// The newest version of the code of `job`.
  JobCode of(WorkerId job);

  /// The version that has these classes, as functions of an earlier driver's calls may want it; the
  /// newest if none could have them, since other classes of that name come first here.
  JobCode of(WorkerId job, List<ClassVersion> classes);
}
