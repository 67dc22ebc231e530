package dev.deed.transport.value;

import java.util.Optional;

/// A class as a function was made with it: programs may have others of the same name.
///
/// @param name its binary name
/// @param hash 64-bit hash of its file, 0 if it has none
public record ClassVersion(String name, long hash) {
  /// Whether `loader` finds the class, and with this file as far as can be told.
  public boolean isIn(ClassLoader loader) {
    return find(loader).filter(found -> ClassFiles.same(hash, ClassFiles.hash(found))).isPresent();
  }

  /// Whether `loader` finds another class under this name.
  public boolean isOtherIn(ClassLoader loader) {
    return find(loader).filter(found -> !ClassFiles.same(hash, ClassFiles.hash(found))).isPresent();
  }

  private Optional<Class<?>> find(ClassLoader loader) {
    try {
      return Optional.of(Class.forName(name, false, loader));
    } catch (ClassNotFoundException | LinkageError e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return String.format("class %s of hash %016x", name, hash);
  }
}
