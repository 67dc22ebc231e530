package dev.deed.evaluation.experiments.architecture.planted;

/// Exceptions without a type of their own.
public final class PlantedErrors {

  private PlantedErrors() {}

  static class ABareRuntimeException {
    RuntimeException make() {
      return new RuntimeException("planted");
    }
  }

  static class ABareException {
    Exception make() {
      return new Exception("planted");
    }
  }

  static class ABareError {
    Error make() {
      return new Error("planted");
    }
  }

  static class ABareThrowable {
    Throwable make() {
      return new Throwable("planted");
    }
  }
}
