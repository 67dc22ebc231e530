package dev.deed.transport.value;

import static dev.deed.transport.value.Samples.HOOK;
import static dev.deed.transport.value.Samples.VALUES;
import static dev.deed.transport.value.Samples.ref;
import static dev.deed.transport.value.Samples.reference;
import static dev.deed.transport.value.Samples.roundTrip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Value;
import dev.deed.transport.value.Samples.Holder;
import dev.deed.transport.value.Samples.Point;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class ThrowableCodecTest {
  /// Has fields, no usual constructor, and says more than its message.
  static final class HttpError extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final int status;
    final transient Object connection;

    @SuppressWarnings("serial")
    final Object origin;

    HttpError(int status, String text, Object origin) {
      super(text);
      this.status = status;
      this.connection = Thread.currentThread();
      this.origin = origin;
    }

    @Override
    public String getMessage() {
      return "HTTP " + status + ": " + super.getMessage();
    }
  }

  /// Its message needs a field that can't travel.
  static final class Fragile extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final transient Thread thread = Thread.currentThread();

    @Override
    public String getMessage() {
      return "in " + thread.getName();
    }
  }

  @Test
  void commonExceptionsKeepClassMessageStackCauseAndSuppressed() {
    IOException cause = new IOException("disk");
    IllegalStateException failure = new IllegalStateException("state", cause);
    failure.addSuppressed(new NoSuchFileException("a", "b", "reason"));
    failure.addSuppressed(new AssertionError("wrong"));
    Throwable back = roundTrip(failure, Throwable.class);
    assertThat(back).isExactlyInstanceOf(IllegalStateException.class).hasMessage("state");
    assertThat(back.getStackTrace()[0].toString()).contains("ThrowableCodecTest");
    assertThat(back.getStackTrace()).hasSameSizeAs(failure.getStackTrace());
    assertThat(back.getCause()).isExactlyInstanceOf(IOException.class).hasMessage("disk");
    assertThat(back.getSuppressed()[0])
        .isExactlyInstanceOf(NoSuchFileException.class)
        .hasMessage("a -> b: reason");
    assertThat(back.getSuppressed()[1]).isExactlyInstanceOf(AssertionError.class);
  }

  @Test
  void aMissingMessageOrCauseStaysMissing() {
    Throwable back = roundTrip(new NullPointerException(), Throwable.class);
    assertThat(back).hasMessage(null).hasNoCause();
    back.initCause(new IOException());
    assertThat((Throwable) roundTrip(new UncheckedIOException(new IOException("x"))))
        .hasRootCauseMessage("x");
  }

  @Test
  void fieldsOfTheJobsExceptionsTravel() {
    HttpError failure = new HttpError(404, "gone", List.of(new Point(1, 2), ref(3)));
    Value encoded = VALUES.encode(failure, HOOK);
    assertThat(encoded.references()).containsExactly(reference(3));
    HttpError back =
        (HttpError) Objects.requireNonNull(VALUES.decode(encoded.payload().bytes(), HOOK));
    assertThat(back).hasMessage("HTTP 404: gone");
    assertThat(back.status).isEqualTo(404);
    assertThat(back.connection).isNull();
    assertThat(back.origin).isEqualTo(failure.origin);
    HttpError without = roundTrip(new HttpError(1, "x", Thread.currentThread()), HttpError.class);
    assertThat(without.origin).isNull();
  }

  @Test
  void anExceptionThatCanNotBeMadeGetsAStandIn() {
    Throwable back = roundTrip(new ExecutionException(new Fragile()), Throwable.class);
    assertThat(back).isExactlyInstanceOf(ExecutionException.class);
    RemoteException standIn = (RemoteException) Objects.requireNonNull(back.getCause());
    assertThat(standIn.originalClass()).isEqualTo(Fragile.class.getName());
    assertThat(standIn).hasMessageContaining("in " + Thread.currentThread().getName());
    assertThat(standIn.getStackTrace()[0].toString()).contains("ThrowableCodecTest");
  }

  @Test
  void exceptionsInsideValuesTravel() {
    Holder back = roundTrip(new Holder(new HttpError(500, "oops", "here")), Holder.class);
    assertThat((HttpError) back.held()).hasMessage("HTTP 500: oops");
  }

  @Test
  void longChainsAndCyclesAreBounded() {
    Throwable top = new RuntimeException("0");
    Throwable first = top;
    for (int i = 1; i < 200; i++) {
      top = new RuntimeException(Integer.toString(i), top);
    }
    first.addSuppressed(top);
    int length = 0;
    for (Throwable next = (Throwable) roundTrip(top); next != null; next = next.getCause()) {
      length++;
    }
    assertThat(length).isEqualTo(ThrowableCodec.MAX_NODES);
    Throwable a = new RuntimeException("a");
    Throwable b = new RuntimeException("b", a);
    a.initCause(b);
    assertThat((Throwable) roundTrip(a)).hasMessage("a").hasRootCauseMessage("b");
  }

  @Test
  void aStandInTravelsOnWithItsOriginalsName() {
    ValueCodec elsewhere = new ValueCodec(ClassLoader.getPlatformClassLoader(), _ -> false);
    byte[] bytes = VALUES.encode(new HttpError(404, "gone", "x"), HOOK).payload().bytes();
    Throwable there = (Throwable) Objects.requireNonNull(elsewhere.decode(bytes, HOOK));
    assertThat(there).isInstanceOf(RemoteException.class);
    assertThat(((RemoteException) there).originalClass()).isEqualTo(HttpError.class.getName());
    assertThat(there).hasMessage(HttpError.class.getName() + ": HTTP 404: gone");
    byte[] again = elsewhere.encode(there, HOOK).payload().bytes();
    Throwable home = (Throwable) Objects.requireNonNull(VALUES.decode(again, HOOK));
    assertThat(home).isExactlyInstanceOf(HttpError.class);
    assertThat(home.getMessage()).contains("gone");
  }
}
