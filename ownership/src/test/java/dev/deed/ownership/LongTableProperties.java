package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/// A table behaves as a map does, whatever lives long in it.
final class LongTableProperties {

  /// Each step gives the next number; `step` says how far back something is removed.
  @Property(tries = 200)
  void aTableBehavesAsAMap(
      @ForAll @Size(max = 2_000) List<@IntRange(min = 0, max = 300) Integer> steps) {
    LongTable<String> table = new LongTable<>();
    Map<Long, String> map = new TreeMap<>();
    long number = 0;
    for (int step : steps) {
      number++;
      table.put(number, "v" + number);
      map.put(number, "v" + number);
      long removed = number - step;
      if (step % 3 != 0 && removed > 0) {
        assertThat(table.remove(removed)).isEqualTo(map.remove(removed));
        assertThat(table.remove(removed)).isNull();
      }
      assertThat(table.size()).isEqualTo(map.size());
    }
    map.forEach((key, value) -> assertThat(table.get(key)).isEqualTo(value));
    List<String> drained = new ArrayList<>();
    table.drain(drained::add);
    assertThat(drained).containsExactlyElementsOf(map.values());
    assertThat(table.size()).isZero();
  }
}
