package dev.deed.futures.runtime;

import dev.deed.MemoryReport;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Cause;
import dev.deed.ownership.CoreView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Reads the tables of a core for people.
final class MemoryReports {
  private MemoryReports() {}

  static MemoryReport of(WorkerRuntime runtime) {
    return runtime.look(view -> report(runtime.id(), view, runtime.replicatedBytes()));
  }

  private static MemoryReport report(WorkerId self, CoreView view, long replicatedBytes) {
    List<MemoryReport.Entry> entries = new ArrayList<>();
    for (CoreView.OwnObject object : view.objects()) {
      entries.add(
          new MemoryReport.Entry(
              Ids.object(object.reference().object()),
              Ids.worker(self),
              Ids.worker(self),
              object.state().toLowerCase(Locale.ROOT),
              object.size(),
              names(object.causes()),
              object.holders().keySet().stream().map(Ids::worker).toList(),
              object.name(),
              object.site()));
    }
    for (CoreView.ForeignReference foreign : view.foreign()) {
      entries.add(
          new MemoryReport.Entry(
              Ids.object(foreign.reference().object()),
              Ids.worker(self),
              owner(view, foreign.reference().estate()),
              "borrowed",
              0,
              names(foreign.causes()),
              List.of(),
              "",
              ""));
    }
    return new MemoryReport(
        List.copyOf(entries), view.storedBytes(), view.lineageBytes(), replicatedBytes);
  }

  /// Who serves the estate; who created it, if nobody does any more.
  private static dev.deed.WorkerId owner(CoreView view, EstateId estate) {
    return Ids.worker(view.log().server(estate).orElse(estate.creator()));
  }

  private static List<String> names(List<Cause> causes) {
    return causes.stream().map(MemoryReports::name).toList();
  }

  private static String name(Cause cause) {
    return switch (cause) {
      case Cause.Handle(long handle) -> "handle " + handle;
      case Cause.Argument(_, var task, _) -> "argument of " + task;
      case Cause.Lineage(_, var task, _) -> "lineage of " + task;
      case Cause.Contained(var outer) -> "inside " + outer.object();
      case Cause.Sent(var to, _) -> "on its way to " + to.brief();
      case Cause.Executing(long execution) -> "execution " + execution;
      case Cause.Parent(var parent) -> "kept for " + parent + ", which begins again";
      case Cause.Reading(_) -> "a get";
    };
  }
}
