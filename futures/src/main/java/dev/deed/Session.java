package dev.deed;

import org.jspecify.annotations.Nullable;

/// This process's part in Deed: a worker within this JVM, or the connection to a cluster. Opened by
/// [Deed#local()] and its siblings; may be used by any thread.
public interface Session extends AutoCloseable {

  /// Runs `body` on this thread with the static verbs of [Deed] bound to this session, whatever
  /// they were bound to before. A checked exception of the body is rethrown as it is.
  void runHere(Action body);

  /// As [#runHere], with a result.
  <R extends @Nullable Object> R callHere(Task0<R> body);

  /// The members of the cluster as this worker knows them now.
  ClusterView cluster();

  /// Every reference that this worker's tables have: its state, and who holds it. For people and
  /// tests; takes time in proportion to the number of references.
  MemoryReport memory();

  /// [#memory()] of all workers together.
  MemoryReport clusterMemory();

  /// Ends the session: waits for no unfinished task (running ones are interrupted), and returns
  /// when threads, files and processes are gone. Then its references and verbs throw
  /// [SessionClosedException]. Twice is harmless.
  ///
  /// A task that ignores its interrupt for 2 s can't be stopped within this JVM; its thread is left
  /// and named in the log.
  @Override
  void close();
}
