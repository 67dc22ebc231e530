package dev.deed.evaluation.experiments.report;

import java.util.List;

/// A part of the report.
///
/// @param title its heading
/// @param blocks what is below, in order
public record Section(String title, List<Block> blocks) {

  public Section {
    blocks = List.copyOf(blocks);
  }

  /// One block of a section.
  public sealed interface Block {}

  /// Text.
  public record Paragraph(String text) implements Block {}

  /// A table.
  ///
  /// @param caption what it shows
  /// @param headings one a column; those that begin with `>` stand right, as numbers do
  /// @param rows cells, as many as there are headings
  public record Table(String caption, List<String> headings, List<List<String>> rows)
      implements Block {
    public Table {
      headings = List.copyOf(headings);
      rows = List.copyOf(rows);
      for (List<String> row : rows) {
        if (row.size() != headings.size()) {
          throw new IllegalArgumentException(row + " is no row of a table of " + headings);
        }
      }
    }
  }

  /// A chart of bars in groups.
  ///
  /// @param name of its file, without an ending
  /// @param title what it shows
  /// @param groupsAre what the groups differ in
  /// @param valuesAre what the bars' lengths mean
  /// @param groups names of the groups
  /// @param bars one of each group, by series
  public record BarFigure(
      String name,
      String title,
      String groupsAre,
      String valuesAre,
      List<String> groups,
      List<Bars> bars)
      implements Block {
    public BarFigure {
      groups = List.copyOf(groups);
      bars = List.copyOf(bars);
      for (Bars series : bars) {
        if (series.values().length != groups.size()) {
          throw new IllegalArgumentException(series.name() + " has not one bar a group: " + groups);
        }
      }
    }
  }

  /// The bars of one colour.
  ///
  /// @param name for the legend
  /// @param values one a group; NaN where there is none
  /// @param whose whose numbers they are
  public record Bars(String name, double[] values, Whose whose) {}

  /// Whose numbers bars show; decides their colour.
  public enum Whose {
    /// Ours, without a failure.
    OURS,
    /// Ours, with a failure.
    OURS_FAILING,
    /// The paper's, without a failure.
    PAPERS,
    /// The paper's, with a failure.
    PAPERS_FAILING
  }
}
