package dev.deed;

/// A session with worker processes of its own on this machine: opened by [Deed#localCluster(int)].
/// Its workers end with it, and with this process, however that ends.
public interface LocalCluster extends Session {

  /// Starts one more worker process and waits until it has joined; for experiments with failures,
  /// where killed workers are replaced. Throws [ClusterUnavailableException] when it does not join.
  WorkerId addWorker();
}
