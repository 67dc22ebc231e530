package dev.deed.futures.runtime;

import com.sun.management.OperatingSystemMXBean;
import dev.deed.DeedConfig;
import dev.deed.Durability;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;

/// Reads settings from where they may stand. Each source overrides the ones before it.
public final class Configuration {
  private static final String WHOLE = "a whole number is wanted";

  private static final String FILE = "deed.properties";
  private static final String ENVIRONMENT_PREFIX = "DEED_";
  private static final String PROPERTY_PREFIX = "deed.";

  /// What one program is, not what a machine's processes have in common: other sessions inherit the
  /// environment.
  private static final Set<String> OF_ONE_PROGRAM = Set.of("job", "resume");

  /// How each setting is read from text, by its name.
  private static final Map<String, BiFunction<DeedConfig, String, DeedConfig>> SETTINGS =
      settings();

  private Configuration() {}

  private static Map<String, BiFunction<DeedConfig, String, DeedConfig>> settings() {
    Map<String, BiFunction<DeedConfig, String, DeedConfig>> all = new LinkedHashMap<>();
    all.put(
        "worker-cpus", (config, text) -> config.workerCpus(Math.toIntExact(number(text, WHOLE))));
    all.put("worker-memory", (config, text) -> config.workerMemory(bytes(text)));
    all.put("store-bytes", (config, text) -> config.storeBytes(bytes(text)));
    all.put(
        "inline-limit-bytes",
        (config, text) -> config.inlineLimitBytes(Math.toIntExact(bytes(text))));
    all.put("lineage-budget-bytes", (config, text) -> config.lineageBudgetBytes(bytes(text)));
    all.put("lease-length", (config, text) -> config.leaseLength(length(text)));
    all.put("heirs", (config, text) -> config.heirs(Math.toIntExact(number(text, WHOLE))));
    all.put(
        "durability",
        (config, text) -> config.durability(Durability.valueOf(text.toUpperCase(Locale.ROOT))));
    all.put("secret-file", (config, text) -> config.secretFile(Path.of(text)));
    all.put("tls", (config, text) -> config.tls(truth(text)));
    all.put("bind", DeedConfig::bind);
    all.put("host-id", DeedConfig::hostId);
    all.put("seed", (config, text) -> config.seed(number(text, WHOLE)));
    all.put("check-immutability", (config, text) -> config.checkImmutability(truth(text)));
    all.put("job", DeedConfig::job);
    all.put("resume", DeedConfig::resume);
    return all;
  }

  /// The defaults.
  public static DeedConfig defaults() {
    long machineBytes =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return new DeedConfig(
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory(),
        machineBytes / 10 * 3,
        64 << 10,
        256L << 20,
        Duration.ofSeconds(5),
        1,
        Durability.ASYNC,
        Optional.empty(),
        false,
        "127.0.0.1",
        Optional.empty(),
        ThreadLocalRandom.current().nextLong(),
        false,
        Optional.empty());
  }

  /// The settings of this process, with `flags` over all else; see [DeedConfig#load()].
  public static DeedConfig load(Map<String, String> flags) {
    Map<String, String> properties = new LinkedHashMap<>();
    for (String name : SETTINGS.keySet()) {
      String value = System.getProperty(PROPERTY_PREFIX + name);
      if (value != null) {
        properties.put(name, value);
      }
    }
    return load(Path.of(FILE), System.getenv(), properties, flags);
  }

  /// The settings from these sources, in rising order.
  static DeedConfig load(
      Path file,
      Map<String, String> environment,
      Map<String, String> properties,
      Map<String, String> flags) {
    DeedConfig config = defaults();
    config = apply(config, read(file), file + "");
    Map<String, String> variables = new LinkedHashMap<>();
    for (String name : SETTINGS.keySet()) {
      String variable = ENVIRONMENT_PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
      if (environment.containsKey(variable) && !OF_ONE_PROGRAM.contains(name)) {
        variables.put(name, environment.get(variable));
      }
    }
    config = apply(config, variables, "the environment (" + ENVIRONMENT_PREFIX + "…)");
    config = apply(config, properties, "the system properties (-D" + PROPERTY_PREFIX + "…)");
    return apply(config, flags, "the flags (--…)");
  }

  private static Map<String, String> read(Path file) {
    if (!Files.exists(file)) {
      return Map.of();
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException("the settings in " + file + " can't be read", e);
    }
    Map<String, String> settings = new LinkedHashMap<>();
    properties.stringPropertyNames().stream()
        .sorted()
        .forEach(name -> settings.put(name, properties.getProperty(name)));
    return settings;
  }

  private static DeedConfig apply(DeedConfig base, Map<String, String> settings, String place) {
    DeedConfig config = base;
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      BiFunction<DeedConfig, String, DeedConfig> reader = SETTINGS.get(setting.getKey());
      if (reader == null) {
        throw new IllegalArgumentException(
            "no setting is named '"
                + setting.getKey()
                + "' (in "
                + place
                + "); there are: "
                + String.join(", ", SETTINGS.keySet()));
      }
      try {
        config = reader.apply(config, setting.getValue().strip());
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new IllegalArgumentException(
            setting.getKey()
                + " can't be '"
                + setting.getValue()
                + "' (in "
                + place
                + "): "
                + reason(e),
            e);
      }
    }
    return config;
  }

  /// Why the text of a setting was refused.
  static String reason(RuntimeException refusal) {
    // Java's words of an overflow tell nothing of the setting.
    return refusal instanceof ArithmeticException
        ? "there are not so many"
        : String.valueOf(refusal.getMessage());
  }

  /// A number of bytes.
  static long bytes(String text) {
    int shift =
        switch (text.isEmpty() ? ' ' : Character.toLowerCase(text.charAt(text.length() - 1))) {
          case 'k' -> 10;
          case 'm' -> 20;
          case 'g' -> 30;
          default -> 0;
        };
    String form = "a number of bytes is one like 65536, 512m or 4g";
    long units = number(shift == 0 ? text : text.substring(0, text.length() - 1), form);
    return Math.multiplyExact(units, 1L << shift);
  }

  /// A length of time.
  static Duration length(String text) {
    String form = "a length of time is one like 100ms, 5s or 1m";
    if (text.endsWith("ms")) {
      return Duration.ofMillis(number(text.substring(0, text.length() - 2), form));
    }
    String number = text.isEmpty() ? text : text.substring(0, text.length() - 1);
    return switch (text.isEmpty() ? ' ' : text.charAt(text.length() - 1)) {
      case 's' -> Duration.ofSeconds(number(number, form));
      case 'm' -> Duration.ofMinutes(number(number, form));
      default -> throw new IllegalArgumentException(form);
    };
  }

  private static long number(String text, String form) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(form, e);
    }
  }

  private static boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "on", "yes" -> true;
      case "false", "off", "no" -> false;
      default -> throw new IllegalArgumentException("a truth value is true or false");
    };
  }
}
