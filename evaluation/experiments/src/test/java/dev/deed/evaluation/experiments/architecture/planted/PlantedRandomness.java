package dev.deed.evaluation.experiments.architecture.planted;

import java.security.SecureRandom;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/// Sources of randomness.
public final class PlantedRandomness {

  private PlantedRandomness() {}

  static class MathRandom {
    double draw() {
      return Math.random();
    }
  }

  static class StrictMathRandom {
    double draw() {
      return StrictMath.random();
    }
  }

  static class RandomUuid {
    UUID draw() {
      return UUID.randomUUID();
    }
  }

  static class IdentityHash {
    int draw(Object object) {
      return System.identityHashCode(object);
    }
  }

  static class ARandom {
    int draw(long seed) {
      return new Random(seed).nextInt();
    }
  }

  static class AThreadLocalRandom {
    int draw() {
      return ThreadLocalRandom.current().nextInt();
    }
  }

  static class ASplittableRandom {
    int draw(SplittableRandom random) {
      return random.nextInt();
    }
  }

  static class ASecureRandom {
    void seed(SecureRandom random) {
      random.setSeed(1);
    }
  }

  static class ARandomGenerator {
    int draw(RandomGenerator random) {
      return random.nextInt();
    }
  }
}
