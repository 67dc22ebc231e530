package dev.deed.evaluation.experiments.owners;

import dev.deed.DeedConfig;
import dev.deed.Durability;
import java.util.List;

/// A durability that is compared.
///
/// @param heirs how many members keep an owner's records; 0 for none
record Setting(Durability durability, int heirs) {
  static final List<Setting> ALL =
      List.of(
          new Setting(Durability.NONE, 0),
          new Setting(Durability.ASYNC, 1),
          new Setting(Durability.ASYNC, 2),
          new Setting(Durability.SYNC, 1),
          new Setting(Durability.SYNC, 2));

  boolean survives() {
    return durability != Durability.NONE;
  }

  DeedConfig of(DeedConfig config) {
    // Each worker plays a machine of its own with one processor.
    return config.workerCpus(1).durability(durability).heirs(heirs);
  }

  /// `async.2`
  String key() {
    return durability.name().toLowerCase(java.util.Locale.ROOT) + (heirs == 0 ? "" : "." + heirs);
  }

  /// `ASYNC 2`, for figures.
  String brief() {
    return durability + (heirs == 0 ? "" : " " + heirs);
  }

  @Override
  public String toString() {
    return durability + (heirs == 0 ? "" : heirs == 1 ? ", 1 heir" : ", " + heirs + " heirs");
  }
}
