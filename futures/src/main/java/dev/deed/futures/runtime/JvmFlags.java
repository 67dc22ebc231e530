package dev.deed.futures.runtime;

import java.util.List;

/// The flags of a JVM in which Deed runs, as the launcher and pom.xml have them.
public final class JvmFlags {
  /// For Fory's memory, JGroups' and zstd's libraries and cracked lambdas; no Java deserialization,
  /// whatever comes; and headers of 8 bytes, since a table of tasks is many small objects.
  public static final List<String> ALL =
      List.of(
          "--sun-misc-unsafe-memory-access=allow",
          "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED",
          "-Djdk.serialFilter=!*",
          "-XX:+UseCompactObjectHeaders");

  private JvmFlags() {}
}
