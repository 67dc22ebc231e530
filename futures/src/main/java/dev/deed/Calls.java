package dev.deed;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The verbs that create references, with [Options]. Immutable: one instance may be kept and used
/// by any thread and in any session; each call is made in the session that [Deed] names at that
/// moment.
public interface Calls {

  /// Calls a task and returns at once with the reference to its result. What the task captures is
  /// sent along as it is now; references among that travel as references.
  ///
  /// Throws [NotSerializableValueException] for a captured value that can't be encoded,
  /// [SessionClosedException] and [IllegalStateException] as told in [Deed].
  <R extends @Nullable Object> Ref<R> submit(Task0<? extends R> task);

  /// Calls a task that starts when the value of `a` exists and is given it. Fails as that one
  /// fails.
  <A extends @Nullable Object, R extends @Nullable Object> Ref<R> submit(
      Task1<? super A, ? extends R> task, Ref<? extends A> a);

  /// Calls a task that starts when these two values exist and is given them. Fails as the first of
  /// them that fails.
  <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      Ref<R> submit(
          Task2<? super A, ? super B, ? extends R> task, Ref<? extends A> a, Ref<? extends B> b);

  /// Calls a task that starts when these three values exist and is given them. Fails as the first
  /// of them that fails.
  <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      Ref<R> submit(
          Task3<? super A, ? super B, ? super C, ? extends R> task,
          Ref<? extends A> a,
          Ref<? extends B> b,
          Ref<? extends C> c);

  /// Calls a task that starts when these four values exist and is given them. Fails as the first of
  /// them that fails.
  <
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
          Ref<? extends D> d);

  /// Calls a task that starts when these five values exist and is given them. Fails as the first of
  /// them that fails.
  <
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
          Ref<? extends E> e);

  /// Calls a task that starts when these six values exist and is given them. Fails as the first of
  /// them that fails.
  <
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
          Ref<? extends F> f);

  /// Calls a task that starts when all values exist and is given their list, in the order of
  /// `refs`.
  <A extends @Nullable Object, R extends @Nullable Object> Ref<R> submitAll(
      Task1<? super List<A>, ? extends R> task, List<? extends Ref<? extends A>> refs);

  /// Calls a task without a result; the value of the reference is null.
  Ref<@Nullable Void> run(Action task);

  /// Calls a task that returns a list of `n` results, each of which becomes an object of its own. A
  /// list of another length fails all of them. Throws [IllegalArgumentException] unless `n` is 1 to
  /// 2²⁰.
  <R extends @Nullable Object> List<Ref<R>> submitSplit(
      int n, Task0<? extends List<? extends R>> task);

  /// As [#submitSplit(int, Task0)], given the value of `a`.
  <A extends @Nullable Object, R extends @Nullable Object> List<Ref<R>> submitSplit(
      int n, Task1<? super A, ? extends List<? extends R>> task, Ref<? extends A> a);

  /// As [#submitSplit(int, Task0)], given two values.
  <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      List<Ref<R>> submitSplit(
          int n,
          Task2<? super A, ? super B, ? extends List<? extends R>> task,
          Ref<? extends A> a,
          Ref<? extends B> b);

  /// As [#submitSplit(int, Task0)], given three values.
  <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      List<Ref<R>> submitSplit(
          int n,
          Task3<? super A, ? super B, ? super C, ? extends List<? extends R>> task,
          Ref<? extends A> a,
          Ref<? extends B> b,
          Ref<? extends C> c);

  /// Makes a value readable by reference: it is kept as it is now. Throws
  /// [NotSerializableValueException] if it can't be encoded, [OutOfStorageException] if there is no
  /// room for it. With [Options#replicas] it returns when the copies exist.
  <T extends @Nullable Object> Ref<T> put(T value);
}
