package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.DeedConfig;
import dev.deed.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Settings and where they come from.
final class ConfigurationTest {
  @TempDir Path folder = Path.of("");

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("deed.properties"), text);
  }

  @Test
  void eachSourceOverridesTheOneBefore() throws IOException {
    Path file = file("worker-cpus=2\nheirs=3\nbind=file\nhost-id=file\n");
    DeedConfig config =
        Configuration.load(
            file,
            Map.of("DEED_HEIRS", "4", "DEED_BIND", "environment", "DEED_HOST_ID", "environment"),
            Map.of("bind", "property", "host-id", "property"),
            Map.of("host-id", "flag"));
    assertThat(config.workerCpus()).isEqualTo(2);
    assertThat(config.heirs()).isEqualTo(4);
    assertThat(config.bind()).isEqualTo("property");
    assertThat(config.hostId()).contains("flag");
  }

  @Test
  void bytesTimesAndTruthsAreRead() throws IOException {
    DeedConfig config =
        Configuration.load(
            file(
                "store-bytes=3m\nlease-length=300ms\ntls=off\ncheck-immutability=on\ndurability=sync\nseed=-7\n"),
            Map.of(),
            Map.of(),
            Map.of("lineage-budget-bytes", "1g", "inline-limit-bytes", "1k"));
    assertThat(config.storeBytes()).isEqualTo(3 << 20);
    assertThat(config.leaseLength()).isEqualTo(Duration.ofMillis(300));
    assertThat(config.tls()).isFalse();
    assertThat(config.checkImmutability()).isTrue();
    assertThat(config.durability()).isEqualTo(Durability.SYNC);
    assertThat(config.seed()).isEqualTo(-7);
    assertThat(config.lineageBudgetBytes()).isEqualTo(1 << 30);
    assertThat(config.inlineLimitBytes()).isEqualTo(1 << 10);
  }

  @Test
  void anErrorNamesTheSettingAndItsPlace() throws IOException {
    Path unknown = file("worker-cpu=2\n");
    assertThatThrownBy(() -> Configuration.load(unknown, Map.of(), Map.of(), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("worker-cpu'")
        .hasMessageContaining("deed.properties")
        .hasMessageContaining("worker-cpus");
    assertThatThrownBy(() ->
            Configuration.load(
                folder.resolve("none"), Map.of("DEED_HEIRS", "many"), Map.of(), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("heirs")
        .hasMessageContaining("environment")
        .hasMessageContaining("a whole number");
    assertThatThrownBy(() ->
            Configuration.load(
                folder.resolve("none"), Map.of(), Map.of(), Map.of("worker-cpus", "-1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not negative");
    for (String setting :
        new String[] {"inline-limit-bytes=4g", "lease-length=999999999999999999m"}) {
      String[] parts = setting.split("=", -1);
      assertThatThrownBy(() ->
              Configuration.load(
                  folder.resolve("none"), Map.of(), Map.of(), Map.of(parts[0], parts[1])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(parts[0] + " can't be '" + parts[1] + "'")
          .hasMessageContaining("there are not so many");
    }
  }

  @Test
  void encryptionIsRefusedRatherThanPromised() {
    assertThatThrownBy(() ->
            Configuration.load(
                folder.resolve("none"), Map.of("DEED_TLS", "on"), Map.of(), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can't be encrypted yet");
  }

  @Test
  void aJobIsBegunOrResumedAsTheNearestSourceSays() {
    Path nowhere = Path.of("no-such-file");
    assertThat(Configuration.load(nowhere, Map.of(), Map.of(), Map.of()).job()).isEmpty();
    assertThat(Configuration.load(nowhere, Map.of("DEED_JOB", "a"), Map.of(), Map.of()).job())
        .as("other sessions inherit the environment")
        .isEmpty();
    assertThat(
            Configuration.load(nowhere, Map.of(), Map.of("job", "a"), Map.of("resume", "b")).job())
        .contains(new DeedConfig.Job("b", true));
    assertThatThrownBy(
            () -> Configuration.load(nowhere, Map.of(), Map.of("job", "x".repeat(201)), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("up to 200 characters");
  }
}
