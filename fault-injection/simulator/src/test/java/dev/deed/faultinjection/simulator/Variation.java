package dev.deed.faultinjection.simulator;

import dev.deed.ownership.heirs.HeirsConfig.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One way to play a scenario: where X comes from, how large it is, which kind of message is late
/// (scenarios.md, preface), and whether its owner dies. A lost message on a reliable link is a
/// message that comes after a reconnect; a message that is delivered twice on the wire is dropped
/// by the link.
record Variation(
    Story.Source source,
    long size,
    Optional<String> late,
    long byNs,
    Optional<OwnerDeath> death,
    long seed) {
  private static final List<Mode> KEPT = List.of(Mode.ASYNC, Mode.SYNC);

  /// A cluster of these workers, with the late messages.
  Story cluster(Integer... cpus) {
    return cluster(Plan.Settings.DEFAULT, cpus);
  }

  /// The same with other settings.
  Story cluster(Plan.Settings settings, Integer... cpus) {
    Plan.Settings encoding = settings.withCodecAlways();
    Story story =
        death
            .map(one -> Story.mortal(seed, encoding, one, cpus))
            .orElseGet(() -> Story.cluster(seed, encoding, cpus));
    late.ifPresent(kind -> story.delay(kind, byNs, byNs > Story.SECOND ? 1000 : 1));
    return story;
  }

  /// Every source and size, with every kind of message late, and with none; with each owner dying,
  /// and with none.
  static Stream<Variation> all() {
    List<Variation> all = new ArrayList<>();
    for (Story.Source source : Story.Source.values()) {
      for (long size : new long[] {Story.KIB, 20 * Story.MIB}) {
        all.add(new Variation(source, size, Optional.empty(), 0, Optional.empty(), all.size()));
        for (String kind : FaultGenerator.ABOUT_REFERENCES) {
          for (long byNs : new long[] {150 * Story.MS, 2 * Story.SECOND}) {
            all.add(
                new Variation(source, size, Optional.of(kind), byNs, Optional.empty(), all.size()));
          }
        }
        for (OwnerDeath.Owner owner : OwnerDeath.Owner.values()) {
          for (Mode mode : KEPT) {
            Optional<OwnerDeath> death = Optional.of(new OwnerDeath(owner, mode));
            all.add(new Variation(source, size, Optional.empty(), 0, death, all.size()));
          }
        }
      }
    }
    for (String kind : FaultGenerator.ABOUT_REFERENCES) {
      // Each of the four ways to die with some of the kinds.
      OwnerDeath.Owner owner = all.size() % 2 == 0 ? OwnerDeath.Owner.TASK : OwnerDeath.Owner.JOB;
      OwnerDeath death = new OwnerDeath(owner, KEPT.get(all.size() / 2 % 2));
      all.add(
          new Variation(
              Story.Source.RESULT,
              20 * Story.MIB,
              Optional.of(kind),
              150 * Story.MS,
              Optional.of(death),
              all.size()));
    }
    return all.stream();
  }

  /// With every kind of message late, and with none; with each owner dying, and with none.
  static Stream<Variation> ofMessages() {
    return all().filter(v -> v.source == Story.Source.RESULT && v.size > Story.MIB);
  }

  /// With every kind of message late, and with none; nobody dies but by the scenario.
  static Stream<Variation> ofMessagesAlone() {
    return ofMessages().filter(v -> v.death.isEmpty());
  }

  /// With each owner dying, and with none, and no message late.
  static Stream<Variation> ofOwners() {
    return ofMessages().filter(v -> v.late.isEmpty());
  }

  /// With each owner dying.
  static Stream<Variation> ofDeaths() {
    return all().filter(v -> v.death.isPresent());
  }

  @Override
  public String toString() {
    return source
        + " of "
        + size
        + " bytes, "
        + late.map(kind -> kind + " late by " + byNs / Story.MS + " ms").orElse("no message late")
        + death.map(one -> ", " + one).orElse("");
  }
}
