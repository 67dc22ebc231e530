package dev.deed.transport.value;

import static dev.deed.transport.value.Samples.CODE;
import static dev.deed.transport.value.Samples.HOOK;
import static dev.deed.transport.value.Samples.VALUES;
import static dev.deed.transport.value.Samples.ref;
import static dev.deed.transport.value.Samples.reference;
import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Value;
import dev.deed.transport.value.Samples.Holder;
import dev.deed.transport.value.Samples.Point;
import dev.deed.transport.value.Samples.Task0;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ConcurrencyTest {

  @Test
  void callsOnManyVirtualThreadsDoNotMix() throws Exception {
    List<Callable<Boolean>> calls = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      int number = i;
      calls.add(() -> roundTrips(number));
    }
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> done : executor.invokeAll(calls)) {
        assertThat(done.get()).isTrue();
      }
    }
  }

  private static boolean roundTrips(int number) throws Exception {
    Object value = List.of(new Holder(ref(number)), new Point(number, 1));
    Value encoded = VALUES.encode(value, HOOK);
    Point point = new Point(number, 2);
    Task0<Integer> function = () -> point.x();
    byte[] code = CODE.encode(function, HOOK).payload().bytes();
    return encoded.references().equals(List.of(reference(number)))
        && value.equals(VALUES.decode(encoded.payload().bytes(), HOOK))
        && Integer.valueOf(number).equals(CODE.decode(code, Task0.class, HOOK).run());
  }

  @Test
  void aCallInsideAHookHasASessionOfItsOwn() {
    ReferenceHook nesting =
        new ReferenceHook() {
          @Override
          public dev.deed.lineage.Reference write(Object handle) {
            assertThat(VALUES.encode(new Holder(ref(2)), HOOK).references())
                .containsExactly(reference(2));
            return reference(1);
          }

          @Override
          public Object read(dev.deed.lineage.Reference reference, Class<?> type) {
            assertThat(Samples.roundTrip(new Holder(ref(2)))).isEqualTo(new Holder(ref(2)));
            return ref(9);
          }
        };
    Value encoded = VALUES.encode(new Holder(ref(7)), nesting);
    assertThat(encoded.references()).containsExactly(reference(1));
    assertThat(VALUES.decode(encoded.payload().bytes(), nesting)).isEqualTo(new Holder(ref(9)));
  }
}
