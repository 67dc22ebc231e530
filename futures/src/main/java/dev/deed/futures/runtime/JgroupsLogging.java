package dev.deed.futures.runtime;

import java.util.logging.Level;
import java.util.logging.Logger;

/// Keeps JGroups from telling of each channel that it opens, and of each connection that a killed
/// process leaves, unless the program has asked for that.
final class JgroupsLogging {
  /// Kept, since the JDK forgets the level of a logger that nobody refers to.
  private static final Logger JGROUPS = Logger.getLogger("org.jgroups");

  static {
    if (JGROUPS.getLevel() == null) {
      JGROUPS.setLevel(Level.SEVERE);
    }
  }

  private JgroupsLogging() {}

  /// To be called before JGroups is used.
  static void quieten() {
    // Loading this class does it, once.
  }
}
