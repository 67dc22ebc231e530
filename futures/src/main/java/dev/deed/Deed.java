package dev.deed;

import dev.deed.futures.runtime.ClusterSession;
import dev.deed.futures.runtime.LocalSession;
import dev.deed.futures.runtime.Readers;
import dev.deed.futures.runtime.Scopes;
import dev.deed.futures.runtime.Sessions;
import dev.deed.futures.runtime.Verbs;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The door to Deed: opens sessions, and has the verbs of a program as static methods.
///
/// A verb uses the session that this thread is bound to (in [Session#runHere] that session; in a
/// task the worker's, with the task as the caller); else the only open one of the process. With
/// none it throws [SessionClosedException], with several [IllegalStateException]. All methods may
/// be called by any thread, and none blocks on the network; the waiting ones say so.
public final class Deed {
  private static final Calls VERBS = Verbs.DEFAULT;

  private Deed() {}

  /// As [#local(DeedConfig)], with [DeedConfig#load()].
  public static Session local() {
    return local(DeedConfig.load());
  }

  /// Opens a session with one worker within this JVM: no network, no files, ready in milliseconds.
  public static Session local(DeedConfig config) {
    return LocalSession.open(config);
  }

  /// Joins the cluster that `deed run` started or that `DEED_CLUSTER` names; without one, as
  /// [#local()].
  public static Session connect() {
    String address = System.getenv("DEED_CLUSTER");
    return address == null || address.isBlank() ? local() : connect(address);
  }

  /// As [#connect(String, DeedConfig)], with [DeedConfig#load()].
  public static Session connect(String address) {
    return connect(address, DeedConfig.load());
  }

  /// Joins the running cluster of the worker that listens at `address`, `host:port`, as a driver. Throws
  /// [ConnectException] when nobody answers there, or not with this secret and version, and
  /// [IllegalArgumentException] for what is no address.
  public static Session connect(String address, DeedConfig config) {
    int colon = address.lastIndexOf(':');
    int port;
    try {
      port = Integer.parseInt(address.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no host:port: " + address, e);
    }
    if (colon < 1 || port < 1 || port > 65_535) {
      throw new IllegalArgumentException("no host:port: " + address);
    }
    return ClusterSession.connect(address.substring(0, colon), port, config);
  }

  /// As [#localCluster(int, DeedConfig)], with [DeedConfig#load()] and one processor for each
  /// worker.
  public static LocalCluster localCluster(int workers) {
    return localCluster(workers, DeedConfig.load().workerCpus(1));
  }

  /// Starts so many worker processes on this machine and opens a session with them; `config` is
  /// each worker's, but they share its store bytes. They end when the session is closed, or this
  /// process ends in whatever way. Throws [ClusterUnavailableException] when they do not all join.
  public static LocalCluster localCluster(int workers, DeedConfig config) {
    return ClusterSession.open(workers, config);
  }

  /// Calls a task and returns at once with the reference to its result. What the task captures is
  /// sent along as it is now; references among that travel as references.
  ///
  /// Throws [NotSerializableValueException] for a captured value that can't be encoded,
  /// [SessionClosedException] and [IllegalStateException] as told in [Deed].
  public static <R extends @Nullable Object> Ref<R> submit(Task0<? extends R> task) {
    return VERBS.submit(task);
  }

  /// Calls a task that starts when the value of `a` exists and is given it. Fails as that one
  /// fails.
  public static <A extends @Nullable Object, R extends @Nullable Object> Ref<R> submit(
      Task1<? super A, ? extends R> task, Ref<? extends A> a) {
    return VERBS.submit(task, a);
  }

  /// Calls a task that starts when these two values exist and is given them. Fails as the first of
  /// them that fails.
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      Ref<R> submit(
          Task2<? super A, ? super B, ? extends R> task, Ref<? extends A> a, Ref<? extends B> b) {
    return VERBS.submit(task, a, b);
  }

  /// Calls a task that starts when these three values exist and is given them. Fails as the first
  /// of them that fails.
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      Ref<R> submit(
          Task3<? super A, ? super B, ? super C, ? extends R> task,
          Ref<? extends A> a,
          Ref<? extends B> b,
          Ref<? extends C> c) {
    return VERBS.submit(task, a, b, c);
  }

  /// Calls a task that starts when these four values exist and is given them. Fails as the first of
  /// them that fails.
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      Ref<R> submit(
          Task4<? super A, ? super B, ? super C, ? super D, ? extends R> task,
          Ref<? extends A> a,
          Ref<? extends B> b,
          Ref<? extends C> c,
          Ref<? extends D> d) {
    return VERBS.submit(task, a, b, c, d);
  }

  /// Calls a task that starts when these five values exist and is given them. Fails as the first of
  /// them that fails.
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          R extends @Nullable Object>
      Ref<R> submit(
          Task5<? super A, ? super B, ? super C, ? super D, ? super E, ? extends R> task,
          Ref<? extends A> a,
          Ref<? extends B> b,
          Ref<? extends C> c,
          Ref<? extends D> d,
          Ref<? extends E> e) {
    return VERBS.submit(task, a, b, c, d, e);
  }

  /// Calls a task that starts when these six values exist and is given them. Fails as the first of
  /// them that fails.
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          R extends @Nullable Object>
      Ref<R> submit(
          Task6<? super A, ? super B, ? super C, ? super D, ? super E, ? super F, ? extends R> task,
          Ref<? extends A> a,
          Ref<? extends B> b,
          Ref<? extends C> c,
          Ref<? extends D> d,
          Ref<? extends E> e,
          Ref<? extends F> f) {
    return VERBS.submit(task, a, b, c, d, e, f);
  }

  /// Calls a task that starts when all values exist and is given their list, in the order of
  /// `refs`.
  public static <A extends @Nullable Object, R extends @Nullable Object> Ref<R> submitAll(
      Task1<? super List<A>, ? extends R> task, List<? extends Ref<? extends A>> refs) {
    return VERBS.submitAll(task, refs);
  }

  /// Calls a task without a result; the value of the reference is null.
  public static Ref<@Nullable Void> run(Action task) {
    return VERBS.run(task);
  }

  /// Calls a task that returns a list of `n` results, each of which becomes an object of its own. A
  /// list of another length fails all of them. Throws [IllegalArgumentException] unless `n` is 1 to
  /// 2²⁰.
  public static <R extends @Nullable Object> List<Ref<R>> submitSplit(
      int n, Task0<? extends List<? extends R>> task) {
    return VERBS.submitSplit(n, task);
  }

  /// As [#submitSplit(int, Task0)], given the value of `a`.
  public static <A extends @Nullable Object, R extends @Nullable Object> List<Ref<R>> submitSplit(
      int n, Task1<? super A, ? extends List<? extends R>> task, Ref<? extends A> a) {
    return VERBS.submitSplit(n, task, a);
  }

  /// As [#submitSplit(int, Task0)], given two values.
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      List<Ref<R>> submitSplit(
          int n,
          Task2<? super A, ? super B, ? extends List<? extends R>> task,
          Ref<? extends A> a,
          Ref<? extends B> b) {
    return VERBS.submitSplit(n, task, a, b);
  }

  /// As [#submitSplit(int, Task0)], given three values.
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      List<Ref<R>> submitSplit(
          int n,
          Task3<? super A, ? super B, ? super C, ? extends List<? extends R>> task,
          Ref<? extends A> a,
          Ref<? extends B> b,
          Ref<? extends C> c) {
    return VERBS.submitSplit(n, task, a, b, c);
  }

  /// Makes a value readable by reference: it is kept as it is now. Throws
  /// [NotSerializableValueException] if it can't be encoded, [OutOfStorageException] if there is no
  /// room for it.
  public static <T extends @Nullable Object> Ref<T> put(T value) {
    return VERBS.put(value);
  }

  /// Waits for all values and returns them in the order of the collection. Throws what [Ref#get()]
  /// throws, as soon as the first of them fails.
  public static <T extends @Nullable Object> List<T> getAll(
      Collection<? extends Ref<? extends T>> refs) {
    return Readers.getAll(refs);
  }

  /// Waits until `count` of the references are done, at most `timeout`. Throws
  /// [IllegalArgumentException] unless `count` is 0 to their number, [InterruptedGetException] when
  /// this thread is interrupted.
  public static <R extends Ref<?>> Ready<R> await(Collection<R> refs, int count, Duration timeout) {
    return Readers.await(refs, count, timeout);
  }

  /// The references in the order in which they get done. The stream waits while it is read; closing
  /// it early gives the rest up (the tasks go on).
  public static <R extends Ref<?>> Stream<R> asCompleted(Collection<R> refs) {
    return Readers.asCompleted(refs);
  }

  /// The same verbs, with options.
  public static Calls with(Options options) {
    return Verbs.with(options);
  }

  /// The same verbs, with the defaults changed by `options`: `with(o -> o.cpus(2)).submit(…)`.
  public static Calls with(UnaryOperator<Options> options) {
    return Verbs.with(options.apply(Options.DEFAULT));
  }

  /// Opens a scope on this thread: `try (var _ = scope()) { … }`.
  public static Scope scope() {
    return Scopes.open();
  }

  /// The execution that this thread is in. Throws [IllegalStateException] outside of a task.
  public static TaskContext context() {
    return Sessions.context();
  }
}
