package dev.deed.ownership.heirs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/// The collections of keys behave as those of the library do.
final class KeyProperties {

  /// A negative step takes so many out from the front; every eighth key is marked.
  @Property(tries = 300)
  void aQueueOfKeysIsAMapInTheOrderOfInsertion(
      @ForAll @Size(max = 1_500) List<@IntRange(min = -60, max = 400) Integer> steps) {
    KeyQueue queue = new KeyQueue();
    Map<Long, Boolean> map = new LinkedHashMap<>();
    for (int step : steps) {
      if (step < 0) {
        int count = Math.min(-step, map.size());
        List.copyOf(map.keySet()).subList(0, count).forEach(map::remove);
        queue.removeFirst(count);
      } else {
        map.merge(step + 1L, step % 8 == 0, Boolean::logicalOr);
        queue.add(step + 1L, step % 8 == 0);
      }
      assertThat(queue.size()).isEqualTo(map.size());
      assertThat(queue.isEmpty()).isEqualTo(map.isEmpty());
    }
    assertThat(contents(queue)).isEqualTo(new ArrayList<>(map.entrySet()));
    KeyQueue other = new KeyQueue();
    other.add(1, false);
    other.add(401, true);
    other.addAll(queue, queue.size() / 2);
    assertThat(other.size()).isBetween(2, 2 + queue.size());
    for (int i = 0; i < queue.size(); i++) {
      assertThat(keys(other).contains(queue.key(i)))
          .isEqualTo(2 * i >= queue.size() - 1 || queue.key(i) == 1 || queue.key(i) == 401);
    }
    queue.clear();
    assertThat(queue.isEmpty()).isTrue();
    queue.add(5, true);
    assertThat(contents(queue)).containsExactly(Map.entry(5L, true));
  }

  /// A step of a multiple of 97 clears the list; every third position is marked.
  @Property(tries = 300)
  void aListOfKeysIsAList(@ForAll @Size(max = 700) List<@IntRange(max = 400) Integer> steps) {
    KeyList list = new KeyList();
    List<Map.Entry<Long, Boolean>> model = new ArrayList<>();
    for (int step : steps) {
      if (step % 97 == 0) {
        list.clear();
        model.clear();
      } else {
        boolean mark = list.size() % 3 == 0;
        list.add(step);
        if (mark) {
          list.mark(list.size() - 1);
        }
        model.add(Map.entry((long) step, mark));
      }
    }
    assertThat(contents(list)).isEqualTo(model);
    assertThat(list.isEmpty()).isEqualTo(model.isEmpty());
    KeyQueue queue = new KeyQueue();
    queue.addAll(list, list.size() / 2);
    Map<Long, Boolean> once = new LinkedHashMap<>();
    model
        .subList(model.size() / 2, model.size())
        .forEach(one -> once.merge(one.getKey(), one.getValue(), Boolean::logicalOr));
    assertThat(contents(queue)).isEqualTo(new ArrayList<>(once.entrySet()));
  }

  private static List<Map.Entry<Long, Boolean>> contents(Keys queue) {
    List<Map.Entry<Long, Boolean>> contents = new ArrayList<>();
    for (int i = 0; i < queue.size(); i++) {
      contents.add(Map.entry(queue.key(i), queue.marked(i)));
    }
    return contents;
  }

  private static Set<Long> keys(Keys queue) {
    Set<Long> keys = new TreeSet<>();
    for (int i = 0; i < queue.size(); i++) {
      keys.add(queue.key(i));
    }
    return keys;
  }

  /// A negative step removes the key that the positive one adds.
  @Property(tries = 300)
  void aSetOfKeysIsASet(
      @ForAll @Size(max = 1_500) List<@IntRange(min = -300, max = 300) Integer> steps) {
    KeySet set = new KeySet();
    Set<Long> model = new TreeSet<>();
    for (int step : steps) {
      long key = 1 + (long) Math.abs(step) * Math.abs(step);
      if (step < 0) {
        set.remove(key);
        model.remove(key);
      } else {
        set.add(key);
        model.add(key);
      }
      assertThat(set.size()).isEqualTo(model.size());
    }
    for (long i = 0; i <= 300; i++) {
      assertThat(set.contains(1 + i * i)).isEqualTo(model.contains(1 + i * i));
    }
    set.clear();
    assertThat(set.size()).isZero();
    assertThat(set.contains(1)).isFalse();
  }

  @Property(tries = 3)
  void aSetOfKeysGrowsAndShrinks(@ForAll @IntRange(min = 20_000, max = 60_000) int count) {
    KeySet set = new KeySet();
    for (long key = 1; key <= count; key++) {
      set.add(key);
    }
    for (long key = 1; key <= count; key += 2) {
      set.remove(key);
    }
    for (long key = 1; key <= count; key++) {
      assertThat(set.contains(key)).isEqualTo(key % 2 == 0);
    }
    for (long key = 2; key <= count; key += 2) {
      set.remove(key);
    }
    assertThat(set.size()).isZero();
  }
}
