package dev.deed.evaluation.experiments.architecture.planted;

import java.io.IOException;
import java.io.ObjectInputStream;

/// Java's own deserialization.
public final class PlantedDeserialization {

  private PlantedDeserialization() {}

  static class AStream {
    int read(ObjectInputStream stream) throws IOException {
      return stream.readInt();
    }
  }

  abstract static class ASubclass extends ObjectInputStream {
    ASubclass() throws IOException {}
  }
}
