package dev.deed.futures.runtime;

import java.util.List;

/// The flags of a JVM in which Deed runs, as the launcher and pom.xml have them.
public final class JvmFlags {
  /// For Fory's memory, JGroups' and zstd's libraries and cracked lambdas; and no Java
  /// deserialization, whatever comes.
  public static final List<String> ALL =
      List.of(
          "--sun-misc-unsafe-memory-access=allow",
          "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED",
          "-Djdk.serialFilter=!*");

  private JvmFlags() {}
}
