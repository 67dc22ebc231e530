package dev.deed.evaluation.experiments.nsdi21;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Member;
import dev.deed.Session;
import dev.deed.evaluation.experiments.cluster.ClusterControl;
import dev.deed.evaluation.experiments.cluster.ClusterSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Clusters that are one embedded worker, whose death is only noted.
final class EmbeddedClusters implements ClusterSource {
  /// What was asked for, in order.
  final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  @Override
  public ClusterControl start(int workers, DeedConfig config) {
    asked.add("start " + workers);
    Session opened = Deed.local(config);
    return new ClusterControl() {
      @Override
      public Session session() {
        return opened;
      }

      @Override
      public List<Member> workers() {
        return opened.cluster().members();
      }

      @Override
      public void kill(Member worker) {
        asked.add("kill");
      }

      @Override
      public void addWorker() {
        asked.add("add");
      }

      @Override
      public void close() {
        opened.close();
      }
    };
  }
}
