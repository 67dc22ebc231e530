package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/// A table of records behaves as a map does, also with ids that share their hashes.
final class IdTableProperties {

  /// An id that shares its hash with every fourth one.
  private record Id(int number) {
    @Override
    public int hashCode() {
      return number % 4 == 0 ? number : number % 7;
    }
  }

  private record Item(Id id, int step) {}

  private static <V> List<V> records(IdTable<?, V> table) {
    List<V> all = new ArrayList<>();
    table.forEach(all::add);
    return all;
  }

  @Property(tries = 200)
  void aTableBehavesAsAMap(
      @ForAll @Size(max = 3_000) List<@IntRange(min = -200, max = 400) Integer> steps) {
    IdTable<Id, Item> table = new IdTable<>(Item::id);
    Map<Id, Item> map = new HashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      int step = steps.get(i);
      Id id = new Id(Math.abs(step));
      if (step < 0) {
        assertThat(table.remove(id)).isEqualTo(map.remove(id) != null);
      } else {
        Item item = new Item(id, i);
        assertThat(table.put(item)).isSameAs(map.put(id, item));
      }
      assertThat(table.get(id)).isSameAs(map.get(id));
      assertThat(table.size()).isEqualTo(map.size());
    }
    map.forEach((id, item) -> assertThat(table.get(id)).isSameAs(item));
    assertThat(records(table)).containsExactlyInAnyOrderElementsOf(map.values());
  }

  @Property(tries = 5)
  void aTableGrowsAndShrinks(@ForAll @IntRange(min = 20_000, max = 60_000) int count) {
    IdTable<Integer, Integer> table = new IdTable<>(number -> number);
    for (int i = 0; i < count; i++) {
      assertThat(table.put(i)).isNull();
    }
    for (int i = 0; i < count; i += 2) {
      assertThat(table.remove(i)).isTrue();
    }
    for (int i = 0; i < count; i++) {
      assertThat(table.get(i)).isEqualTo(i % 2 == 0 ? null : Integer.valueOf(i));
    }
    for (int i = 1; i < count; i += 2) {
      assertThat(table.remove(i)).isTrue();
    }
    assertThat(table.size()).isZero();
    assertThat(records(table)).isEmpty();
  }
}
