package dev.deed.faultinjection.explorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.ownership.LongTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the dump tells apart, and what not.
final class CanonicalDumpTest {
  private final ClassShapes shapes = new ClassShapes();
  private final Lenses lenses = new Lenses(Cast.LEASE_IDLE_NS);

  private static final class Node {
    final List<Object> parts = new ArrayList<>();
    @Nullable Node next;
  }

  private String dump(Object value) {
    CanonicalDump dump = new CanonicalDump(shapes, lenses, 0);
    dump.value(value);
    return Long.toHexString(dump.digest().high()) + Long.toHexString(dump.digest().low());
  }

  private static Node node(Object... parts) {
    Node node = new Node();
    node.parts.addAll(List.of(parts));
    return node;
  }

  @Test
  void equalGraphsAreOne() {
    assertThat(dump(node(1L, "a", List.of(2)))).isEqualTo(dump(node(1L, "a", List.of(2))));
  }

  @Test
  void eachPartCounts() {
    assertThat(dump(node(1L))).isNotEqualTo(dump(node(2L)));
    assertThat(dump(node("ab", "c"))).isNotEqualTo(dump(node("a", "bc")));
    assertThat(dump(node(List.of(), 1))).isNotEqualTo(dump(node(List.of(1))));
  }

  @Test
  void sharingCounts() {
    Node shared = node();
    assertThat(dump(node(shared, shared))).isNotEqualTo(dump(node(node(), node())));
  }

  @Test
  void aCircleEnds() {
    Node one = node();
    one.next = one;
    Node two = node();
    two.next = node();
    two.next.next = two;
    assertThat(dump(one)).isNotEqualTo(dump(two));
  }

  @Test
  void theOrderOfAMapThatKeepsOneCounts() {
    Map<String, Integer> one = new LinkedHashMap<>();
    one.put("a", 1);
    one.put("b", 2);
    Map<String, Integer> other = new LinkedHashMap<>();
    other.put("b", 2);
    other.put("a", 1);
    assertThat(dump(one)).isNotEqualTo(dump(other));
  }

  @Test
  void aTableIsWhatItHolds() {
    LongTable<String> one = new LongTable<>();
    one.put(1, "a");
    one.put(257, "b");
    LongTable<String> other = new LongTable<>();
    other.put(257, "b");
    other.put(1, "a");
    assertThat(dump(one)).isEqualTo(dump(other));
    other.remove(1);
    assertThat(dump(one)).isNotEqualTo(dump(other));
  }

  @Test
  void whatALambdaHasCapturedCounts() {
    assertThat(dump(lambda(1))).isEqualTo(dump(lambda(1)));
    assertThat(dump(lambda(1))).isNotEqualTo(dump(lambda(2)));
  }

  private static Runnable lambda(int number) {
    return () -> assertThat(number).isPositive();
  }

  @Test
  void aClassThatItDoesNotKnowIsRefused() {
    assertThatThrownBy(() -> dump(new AtomicLong()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("AtomicLong");
  }

  @Test
  void everyFieldThatIsLeftOutIsThere() {
    List<String> unused = new ArrayList<>(unused("stored-crash"));
    unused.retainAll(unused("heir-crash-O"));
    assertThat(unused).isEmpty();
  }

  private static List<String> unused(String configuration) {
    Search search =
        new Search(
            Exploration.configuration(configuration), Limits.ofHeap(5_000, Double.MAX_VALUE));
    search.run(_ -> {});
    return search.stage().states.lenses().unused();
  }
}
