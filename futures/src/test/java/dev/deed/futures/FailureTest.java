package dev.deed.futures;

import static dev.deed.Deed.context;
import static dev.deed.Deed.put;
import static dev.deed.Deed.submit;
import static dev.deed.Deed.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.NotSerializableValueException;
import dev.deed.OutOfStorageException;
import dev.deed.Outcome;
import dev.deed.Ref;
import dev.deed.Session;
import dev.deed.TaskFailedException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What becomes of tasks that fail.
final class FailureTest {
  private final Session session =
      Deed.local(DeedConfig.defaults().workerCpus(2).storeBytes(4 << 20));

  @AfterEach
  void close() {
    Leaks.assertNone(session);
    session.close();
  }

  static final class ShopClosed extends Exception {
    private static final long serialVersionUID = 1L;
    private final int hour;

    ShopClosed(int hour) {
      super("closed at " + hour);
      this.hour = hour;
    }
  }

  private static int shop(int hour) throws ShopClosed {
    if (hour > 18) {
      throw new ShopClosed(hour);
    }
    return hour;
  }

  @Test
  void theCauseIsTheProgramsExceptionWithItsStack() {
    Ref<Integer> ref = submit(() -> shop(20));
    assertThatThrownBy(ref::get)
        .isInstanceOf(TaskFailedException.class)
        .hasMessageContaining("closed at 20")
        .hasMessageContaining("attempt 1 at worker w")
        .hasMessageContaining("FailureTest.java")
        .satisfies(e -> {
          assertThat(cause(e)).isInstanceOf(ShopClosed.class);
          assertThat(((ShopClosed) cause(e)).hour).isEqualTo(20);
          assertThat(cause(e).getStackTrace()[0].getMethodName()).isEqualTo("shop");
        });
  }

  @Test
  void eachReaderGetsAnExceptionOfItsOwn() {
    Ref<Integer> ref = submit(() -> shop(20));
    Throwable first = failure(ref);
    Throwable second = failure(ref);
    assertThat(first).isNotSameAs(second);
    assertThat(first.getStackTrace()[0].getClassName()).startsWith("dev.deed");
  }

  private static Throwable failure(Ref<?> ref) {
    if (ref.await() instanceof Outcome.Failure<?>(var error)) {
      return error;
    }
    throw new AssertionError("a value where a failure is expected");
  }

  private static Throwable cause(Throwable error) {
    Throwable cause = error.getCause();
    if (cause == null) {
      throw new AssertionError("no cause", error);
    }
    return cause;
  }

  @Test
  void aFailureIsChainedAlongJoinedReferences() {
    Ref<Integer> first = submit(() -> shop(20));
    Ref<Integer> second = submit(n -> n + 1, first);
    Ref<Integer> third = submit(n -> n + 1, second);
    Throwable error = failure(third);
    assertThat(error).isInstanceOf(TaskFailedException.class);
    assertThat(cause(error)).isInstanceOf(TaskFailedException.class);
    assertThat(cause(cause(error))).isInstanceOf(TaskFailedException.class);
    assertThat(error).hasRootCauseInstanceOf(ShopClosed.class);
  }

  @Test
  void aFailureIsChainedAlongGets() {
    Ref<Integer> outer =
        submit(() -> {
          Ref<Integer> inner = submit(() -> shop(21));
          return inner.get();
        });
    Throwable error = failure(outer);
    assertThat(cause(error)).isInstanceOf(TaskFailedException.class);
    assertThat(cause(cause(error))).isInstanceOf(ShopClosed.class);
  }

  @Test
  void anExceptionIsNotRetriedUnlessTheCallNamesIt() {
    assertThat(failure(submit(() -> shop(18 + context().attempt()))))
        .hasMessageContaining("attempt 1");
  }

  @Test
  void aNamedExceptionIsRetriedWithinTheBudget() {
    Ref<Integer> third =
        with(o -> o.retries(2).retryOn(ShopClosed.class))
            .submit(() -> shop(21 - context().attempt()));
    assertThat(third.get()).isEqualTo(18);
    Ref<Integer> never = with(o -> o.retries(2).retryOn(Exception.class)).submit(() -> shop(22));
    assertThat(failure(never)).hasMessageContaining("attempt 3");
    Ref<Integer> other = with(o -> o.retries(2).retryOn(IOException.class)).submit(() -> shop(22));
    assertThat(failure(other)).hasMessageContaining("attempt 1");
  }

  @Test
  void anErrorFailsTheTaskAndNothingElse() {
    Ref<Integer> deep = submit(() -> recurse(0));
    assertThat(failure(deep)).hasRootCauseInstanceOf(StackOverflowError.class);
    assertThat(submit(() -> 1).get()).isEqualTo(1);
  }

  private static int recurse(int depth) {
    return depth < 0 ? 0 : recurse(depth + 1) + 1;
  }

  record Order(Customer customer) {}

  record Customer(Thread thread) {}

  @Test
  void aValueWithoutFormIsRefusedByItsPath() {
    Order order = new Order(new Customer(Thread.currentThread()));
    assertThatThrownBy(() -> put(order))
        .isInstanceOf(NotSerializableValueException.class)
        .hasMessageContaining("customer.thread");
    assertThatThrownBy(() -> submit(() -> order.hashCode()))
        .isInstanceOf(NotSerializableValueException.class)
        .hasMessageContaining("captured argument 1");
    Ref<Order> result = submit(() -> new Order(new Customer(Thread.currentThread())));
    assertThat(failure(result))
        .isInstanceOf(NotSerializableValueException.class)
        .hasMessageContaining("customer.thread")
        .hasMessageContaining("returned");
  }

  private int field = 3;

  @Test
  void aCapturedThisIsRefused() {
    assertThatThrownBy(() -> submit(() -> field + 1))
        .isInstanceOf(NotSerializableValueException.class)
        .hasMessageContaining("this");
    field++;
  }

  @Test
  void aClosedReferenceInAResultFailsTheTask() {
    Ref<List<Ref<Integer>>> ref =
        submit(() -> {
          Ref<Integer> closed = put(1);
          closed.close();
          return List.of(closed);
        });
    assertThat(failure(ref)).isInstanceOf(TaskFailedException.class).hasMessageContaining("closed");
  }

  @Test
  void aStoreWithoutRoomIsToldToWhoeverFillsIt() {
    Ref<byte[]> first = put(new byte[3 << 20]);
    assertThatThrownBy(() -> put(new byte[3 << 20]))
        .isInstanceOf(OutOfStorageException.class)
        .hasMessageContaining("store-bytes");
    Ref<byte[]> result = submit(() -> new byte[3 << 20]);
    assertThat(failure(result)).isInstanceOf(OutOfStorageException.class);
    first.close();
    result.close();
    assertThat(submit(() -> new byte[3 << 20]).get()).hasSize(3 << 20);
  }
}
