package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.NotSerializableValueException;
import org.junit.jupiter.api.Test;

/// What a call refuses at once.
final class FunctionsTest {

  @Test
  void aTaskThatCapturesMoreThanAMessageHasRoomForIsRefused() {
    assertThatCode(() -> Functions.checkSize(100, 100, Runnable.class)).doesNotThrowAnyException();
    assertThatThrownBy(() -> Functions.checkSize(101, 100, Runnable.class))
        .isInstanceOf(NotSerializableValueException.class)
        .hasMessageContainingAll("java.lang.Runnable", "101", "put()");
  }
}
