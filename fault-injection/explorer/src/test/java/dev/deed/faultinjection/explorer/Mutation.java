package dev.deed.faultinjection.explorer;

import java.util.List;

/// A rule of the core that is broken on purpose, in a copy of its source.
///
/// @param name of the rule's removal, as in the model of the protocol
/// @param what the broken core does
/// @param edits of its source
record Mutation(String name, String what, List<Edit> edits) {

  /// @param file of the core
  /// @param from text that must stand there once
  /// @param to what stands there instead
  record Edit(String file, String from, String to) {

    /// The file's text with the replacement made; refuses one that no longer fits.
    String applyTo(String source) {
      int first = source.indexOf(from);
      if (first < 0 || source.indexOf(from, first + 1) >= 0) {
        throw new IllegalStateException(
            "the mutation's text must stand in " + file + " once; mend the mutation: " + from);
      }
      return source.substring(0, first) + to + source.substring(first + from.length());
    }
  }

  static Mutation of(String name, String what, Edit... edits) {
    return new Mutation(name, what, List.of(edits));
  }

  @Override
  public String toString() {
    return name;
  }
}
