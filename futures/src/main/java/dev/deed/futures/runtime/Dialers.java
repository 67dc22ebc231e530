package dev.deed.futures.runtime;

import dev.deed.transport.link.Dialer;

/// How this process dials others.
final class Dialers {
  private static final String PROPERTY = "deed.dialer";

  private Dialers() {}

  /// The direct one; or one of the class that the system property `deed.dialer` names, which tests
  /// set to lead every connection of a process through a proxy. It is no setting of users'.
  static Dialer ofProcess() {
    String name = System.getProperty(PROPERTY);
    if (name == null) {
      return Dialer.direct();
    }
    try {
      return Class.forName(name).asSubclass(Dialer.class).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new IllegalArgumentException(PROPERTY + " names no Dialer: " + name, e);
    }
  }
}
