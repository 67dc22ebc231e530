package dev.deed.faultinjection.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One way to play a scenario: where X comes from, how large it is, and which kind of message is
/// late (scenarios.md, preface). A lost message on a reliable link is a message that comes after a
/// reconnect; a message that is delivered twice on the wire is dropped by the link.
record Variation(Story.Source source, long size, Optional<String> late, long byNs, long seed) {
  /// A cluster of these workers, with the late messages.
  Story cluster(Integer... cpus) {
    Story story = Story.cluster(seed, Plan.Settings.DEFAULT.withCodecAlways(), cpus);
    late.ifPresent(kind -> story.delay(kind, byNs, byNs > Story.SECOND ? 1000 : 1));
    return story;
  }

  /// Every source and size, with every kind of message late, and with none.
  static Stream<Variation> all() {
    List<Variation> all = new ArrayList<>();
    for (Story.Source source : Story.Source.values()) {
      for (long size : new long[] {Story.KIB, 20 * Story.MIB}) {
        all.add(new Variation(source, size, Optional.empty(), 0, all.size()));
        for (String kind : FaultGenerator.ABOUT_REFERENCES) {
          all.add(new Variation(source, size, Optional.of(kind), 150 * Story.MS, all.size()));
          all.add(new Variation(source, size, Optional.of(kind), 2 * Story.SECOND, all.size()));
        }
      }
    }
    return all.stream();
  }

  /// With every kind of message late, and with none.
  static Stream<Variation> ofMessages() {
    return all().filter(v -> v.source == Story.Source.RESULT && v.size > Story.MIB);
  }

  @Override
  public String toString() {
    return source
        + " of "
        + size
        + " bytes, "
        + late.map(kind -> kind + " late by " + byNs / Story.MS + " ms").orElse("no fault");
  }
}
