package dev.deed.evaluation.experiments.nsdi21;

import dev.deed.evaluation.experiments.Measurement;
import dev.deed.papers.nsdi21.IndexSummary;
import java.util.Optional;

/// One making of the inverted index.
///
/// @param run `index.plain`, `index.undisturbed` or `index.killed`
/// @param seconds from the first call to the summary
/// @param workers processes that executed tasks; 0 for the plain program
/// @param input the text
/// @param files number of files in it
/// @param bytes their size together
/// @param maps number of map tasks
/// @param killedAtSeconds when a worker was killed; 0 if none was
/// @param mapsDoneByKilled map tasks that this worker had done until then
/// @param executed what was executed
/// @param index what the index has; empty if there is none
/// @param error what is wrong
record IndexRun(
    String paper,
    String figure,
    String run,
    double seconds,
    int workers,
    String input,
    int files,
    long bytes,
    int maps,
    double killedAtSeconds,
    int mapsDoneByKilled,
    Executed executed,
    Optional<IndexSummary> index,
    Optional<String> error)
    implements Measurement {

  boolean killed() {
    return run.equals("index.killed");
  }

  @Override
  public String toString() {
    return run;
  }
}
