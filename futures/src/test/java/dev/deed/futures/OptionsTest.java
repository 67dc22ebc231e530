package dev.deed.futures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.Durability;
import dev.deed.Options;
import dev.deed.WorkerId;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Options are values.
final class OptionsTest {

  @Test
  void eachWitherChangesOneThing() {
    WorkerId worker = new WorkerId(1, 2);
    Options options =
        Options.DEFAULT
            .cpus(2)
            .memory(5)
            .resource("gpu", 1)
            .retries(0)
            .retryOn(IOException.class)
            .retryOn(IllegalStateException.class)
            .name("n")
            .timeout(Duration.ofSeconds(1))
            .onWorker(worker)
            .durability(Durability.NONE)
            .replicas(2);
    assertThat(options.cpus()).isEqualTo(2);
    assertThat(options.memory()).isEqualTo(5);
    assertThat(options.resources()).containsEntry("gpu", 1.0);
    assertThat(options.retries()).isZero();
    assertThat(options.retryOn()).hasSize(2);
    assertThat(options.name()).contains("n");
    assertThat(options.timeout()).contains(Duration.ofSeconds(1));
    assertThat(options.where()).isEqualTo(new Options.Where.OnWorker(worker));
    assertThat(options.durability()).contains(Durability.NONE);
    assertThat(options.replicas()).isEqualTo(2);
    assertThat(Options.DEFAULT.cpus()).isEqualTo(1);
    assertThat(Options.DEFAULT.spread().where()).isEqualTo(new Options.Where.Spread());
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> Options.DEFAULT.cpus(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Options.DEFAULT.cpus(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Options.DEFAULT.retries(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Options.DEFAULT.timeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Options.DEFAULT.replicas(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aWorkersNameIsReadAsItIsWritten() {
    WorkerId worker = new WorkerId(-5, 77);
    assertThat(WorkerId.parse(worker.toString())).isEqualTo(worker);
    assertThatThrownBy(() -> WorkerId.parse("worker")).isInstanceOf(IllegalArgumentException.class);
  }
}
