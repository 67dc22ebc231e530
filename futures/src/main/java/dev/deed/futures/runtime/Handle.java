package dev.deed.futures.runtime;

import dev.deed.lineage.Reference;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import org.jspecify.annotations.Nullable;

/// What the core knows a [HandleRef] by: a number that is given only once. It outlives the
/// reference object, and tells the core when that was closed or collected.
final class Handle extends PhantomReference<HandleRef<?>> {
  private static final VarHandle DROPPED;

  static {
    try {
      DROPPED = MethodHandles.lookup().findVarHandle(Handle.class, "dropped", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Reference reference;
  private final long number;

  @SuppressWarnings("UnusedVariable") // by the handle
  private volatile boolean dropped;

  // Neighbours in the list of [Handles] that keeps it reachable.
  @Nullable Handle previous;
  @Nullable Handle next;

  Handle(
      HandleRef<?> ref,
      ReferenceQueue<? super HandleRef<?>> queue,
      Reference reference,
      long number) {
    super(ref, queue);
    this.reference = reference;
    this.number = number;
  }

  Reference reference() {
    return reference;
  }

  long number() {
    return number;
  }

  boolean dropped() {
    return dropped;
  }

  /// Marks it as dropped; returns whether it wasn't before.
  boolean drop() {
    return DROPPED.compareAndSet(this, false, true);
  }
}
