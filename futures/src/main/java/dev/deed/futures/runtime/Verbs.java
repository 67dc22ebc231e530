package dev.deed.futures.runtime;

import dev.deed.Action;
import dev.deed.Calls;
import dev.deed.Options;
import dev.deed.Ref;
import dev.deed.Task0;
import dev.deed.Task1;
import dev.deed.Task2;
import dev.deed.Task3;
import dev.deed.Task4;
import dev.deed.Task5;
import dev.deed.Task6;
import dev.deed.lineage.TaskSpec;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The verbs that create references, with one set of options, in whatever session the calling
/// thread uses.
public final class Verbs implements Calls {
  /// With the default options.
  public static final Calls DEFAULT = new Verbs(Options.DEFAULT);

  private final CallTerms terms;

  private Verbs(Options options) {
    this.terms = CallTerms.of(options);
  }

  /// With these options.
  public static Calls with(Options options) {
    return new Verbs(options);
  }

  @Override
  public <R extends @Nullable Object> Ref<R> submit(Task0<? extends R> task) {
    return one(LocalFunction.Form.PLAIN, task);
  }

  @Override
  public <A extends @Nullable Object, R extends @Nullable Object> Ref<R> submit(
      Task1<? super A, ? extends R> task, Ref<? extends A> a) {
    return one(LocalFunction.Form.PLAIN, task, a);
  }

  @Override
  public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      Ref<R> submit(
          Task2<? super A, ? super B, ? extends R> task, Ref<? extends A> a, Ref<? extends B> b) {
    return one(LocalFunction.Form.PLAIN, task, a, b);
  }

  @Override
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      Ref<R> submit(
          Task3<? super A, ? super B, ? super C, ? extends R> task,
          Ref<? extends A> a,
          Ref<? extends B> b,
          Ref<? extends C> c) {
    return one(LocalFunction.Form.PLAIN, task, a, b, c);
  }

  @Override
  public <
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
    return one(LocalFunction.Form.PLAIN, task, a, b, c, d);
  }

  @Override
  public <
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
    return one(LocalFunction.Form.PLAIN, task, a, b, c, d, e);
  }

  @Override
  public <
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
    return one(LocalFunction.Form.PLAIN, task, a, b, c, d, e, f);
  }

  @Override
  public <R extends @Nullable Object> List<Ref<R>> submitSplit(
      int n, Task0<? extends List<? extends R>> task) {
    return split(n, task);
  }

  @Override
  public <A extends @Nullable Object, R extends @Nullable Object> List<Ref<R>> submitSplit(
      int n, Task1<? super A, ? extends List<? extends R>> task, Ref<? extends A> a) {
    return split(n, task, a);
  }

  @Override
  public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      List<Ref<R>> submitSplit(
          int n,
          Task2<? super A, ? super B, ? extends List<? extends R>> task,
          Ref<? extends A> a,
          Ref<? extends B> b) {
    return split(n, task, a, b);
  }

  @Override
  public <
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
    return split(n, task, a, b, c);
  }

  @Override
  public <A extends @Nullable Object, R extends @Nullable Object> Ref<R> submitAll(
      Task1<? super List<A>, ? extends R> task, List<? extends Ref<? extends A>> refs) {
    return one(LocalFunction.Form.LIST, task, refs.toArray(Ref<?>[]::new));
  }

  @Override
  public Ref<@Nullable Void> run(Action task) {
    return one(LocalFunction.Form.ACTION, task);
  }

  @Override
  public <T extends @Nullable Object> Ref<T> put(T value) {
    Binding binding = Sessions.binding();
    Caller caller = Sessions.caller(binding);
    return Submission.put(caller, RefScope.of(binding), terms, value);
  }

  /// A call with one joined reference, in that one's session.
  static <T extends @Nullable Object, R extends @Nullable Object> Ref<R> then(
      HandleRef<T> ref, Task1<? super T, ? extends R> task) {
    Binding binding = Sessions.binding();
    Caller caller = Sessions.callerIn(binding, ref.runtime());
    return new Submission(caller, RefScope.of(binding), CallTerms.DEFAULT)
        .<R>call(LocalFunction.Form.PLAIN, task, 1, ref)
        .getFirst();
  }

  private <R extends @Nullable Object> Ref<R> one(
      LocalFunction.Form form, Serializable task, Ref<?>... arguments) {
    Binding binding = Sessions.binding();
    Caller caller = Sessions.caller(binding);
    return new Submission(caller, RefScope.of(binding), terms)
        .<R>call(form, task, 1, arguments)
        .getFirst();
  }

  private <R extends @Nullable Object> List<Ref<R>> split(
      int n, Serializable task, Ref<?>... arguments) {
    if (n < 1 || n > TaskSpec.MAX_RETURNS) {
      throw new IllegalArgumentException(
          "a task has 1 to " + TaskSpec.MAX_RETURNS + " results: " + n);
    }
    Binding binding = Sessions.binding();
    Caller caller = Sessions.caller(binding);
    return new Submission(caller, RefScope.of(binding), terms)
        .call(LocalFunction.Form.SPLIT, task, n, arguments);
  }
}
