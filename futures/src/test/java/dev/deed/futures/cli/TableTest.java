package dev.deed.futures.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// Tables of text.
class TableTest {

  @Test
  void columnsAreAsWideAsTheirWidestCell() {
    Table table = new Table("<name", ">n");
    table.row("a", 1);
    table.row("longer", 1000);
    assertThat(table.lines()).containsExactly("name       n", "a          1", "longer  1000");
  }

  @Test
  void aRowHasACellForEachColumn() {
    Table table = new Table("<name", ">n");
    assertThatThrownBy(() -> table.row("a")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void numbersHaveAsManyDigitsAsSaySomething() {
    assertThat(Table.number(1_234_567.8)).isEqualTo("1,234,568");
    assertThat(Table.number(12.34)).isEqualTo("12.3");
    assertThat(Table.number(1.234)).isEqualTo("1.23");
    assertThat(Table.number(0.1234)).isEqualTo("0.123");
    assertThat(Table.number(2)).isEqualTo("2");
  }
}
