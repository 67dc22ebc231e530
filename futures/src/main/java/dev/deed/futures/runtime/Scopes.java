package dev.deed.futures.runtime;

import dev.deed.Scope;

/// Opens scopes.
public final class Scopes {
  private Scopes() {}

  /// See [dev.deed.Deed#scope()].
  public static Scope open() {
    Binding binding = Sessions.ownBinding();
    RefScope scope = new RefScope(binding.scope);
    binding.scope = scope;
    return scope;
  }
}
