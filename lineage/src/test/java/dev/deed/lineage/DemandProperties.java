package dev.deed.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Amounts of resources.
final class DemandProperties {

  @Provide
  Arbitrary<Demand> demands() {
    return Samples.demands();
  }

  @Property
  void everyDemandFitsIntoItselfAndNothingFitsIntoAnything(@ForAll("demands") Demand demand) {
    assertThat(demand.fitsInto(demand)).isTrue();
    assertThat(Demand.NONE.fitsInto(demand)).isTrue();
    assertThat(demand.fitsInto(Demand.NONE)).isEqualTo(demand.equals(Demand.NONE));
  }

  @Property
  void itFitsWhereEachAmountDoes(
      @ForAll("demands") Demand demand, @ForAll("demands") Demand capacity) {
    boolean each =
        demand.amounts().entrySet().stream()
            .allMatch(entry -> entry.getValue() <= capacity.amount(entry.getKey()));
    assertThat(demand.fitsInto(capacity)).isEqualTo(each);
  }

  @Property
  void equalAmountsAreEqualDemands(@ForAll("demands") Demand demand) {
    Demand same = Demand.of(Map.copyOf(demand.amounts()));
    assertThat(same).isEqualTo(demand).hasSameHashCodeAs(demand).hasToString(demand.toString());
  }

  @Example
  void zerosAreLeftOut() {
    assertThat(Demand.of(Map.of("gpu", 0.0, "disk", -0.0))).isEqualTo(Demand.NONE);
    assertThat(Demand.of(Map.of(Demand.CPU, 1.0, "gpu", 0.0))).isSameAs(Demand.ONE_CPU);
    assertThat(Demand.ONE_CPU.amount("gpu")).isZero();
  }

  @Example
  void amountsThatAreNoneAreRefused() {
    for (double amount : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> Demand.of(Map.of("gpu", amount)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("gpu");
    }
  }
}
