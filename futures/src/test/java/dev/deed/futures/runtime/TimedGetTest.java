package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.Ref;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// A get with a time limit.
final class TimedGetTest {

  @Test
  void aValueThatIsThereIsReadInNoTimeThoughAnotherThreadDrains() throws Exception {
    try (LocalSession session = LocalSession.open(DeedConfig.defaults(), MessageLimits.DEFAULT)) {
      Ref<Integer> ref = session.callHere(() -> Deed.put(7));
      CountDownLatch draining = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      Thread drainer =
          Thread.ofPlatform()
              .start(() ->
                  session
                      .runtime()
                      .driver()
                      .ask(_ -> {
                        draining.countDown();
                        dev.deed.transport.Threads.awaitUntil(goOn, Long.MAX_VALUE);
                      }));
      draining.await();
      CompletableFuture<Integer> got = new CompletableFuture<>();
      Thread reader =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  got.complete(ref.get(Duration.ZERO));
                } catch (RuntimeException e) {
                  got.completeExceptionally(e);
                }
              });
      while (reader.isAlive() && reader.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      goOn.countDown();
      assertThat(got.get()).isEqualTo(7);
      drainer.join();
      reader.join();
    }
  }
}
