package dev.deed;

import org.jspecify.annotations.Nullable;

/// No worker of the cluster could ever run the task with what it asks for.
public final class ResourcesUnavailableException extends DeedException {
  private static final long serialVersionUID = 1L;

  /// Made by the runtime; `cause` is what led to it, or null.
  public ResourcesUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
