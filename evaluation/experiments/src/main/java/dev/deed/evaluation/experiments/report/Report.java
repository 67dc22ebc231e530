package dev.deed.evaluation.experiments.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/// A report: one page that needs nothing else, with its figures beside it as files too.
///
/// @param title of the page
/// @param command that made it
/// @param began when it was begun
/// @param machine where it was made
/// @param errors what is wrong with results; none if all are right
/// @param sections in order
public record Report(
    String title,
    String command,
    Instant began,
    Machine machine,
    List<String> errors,
    List<Section> sections) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #222831; --dim: #5b6470; --line: #dde1e6;
        --back: #fff; --good: #17695f; --bad: #b3261e; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --dim: #a2abb6;
        --line: #3a424d; --back: #171b20; --good: #62c9bb; --bad: #ff8a80; } }
      body { margin: 0 auto; padding: 1rem; max-width: 56rem; background: var(--back);
        color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
      h1 { font-size: 1.5rem; line-height: 1.2; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
      .verdict { font-weight: 600; } .good { color: var(--good); } .bad { color: var(--bad); }
      dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
      dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
      code { font-size: .9em; } p { overflow-wrap: anywhere; }
      figure { margin: 1.5rem 0; }
      figure img { display: block; width: 100%; max-width: 640px; height: auto;
        background: #fff; border: 1px solid var(--line); border-radius: 6px; }
      .wide { overflow-x: auto; margin: 1.5rem 0; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
      caption { text-align: left; color: var(--dim); padding-bottom: .4rem; }
      th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left;
        vertical-align: bottom; }
      th:first-child, td:first-child { padding-left: 0; white-space: nowrap; }
      th { font-weight: 600; } .n { text-align: right; } td.n { white-space: nowrap; }
      footer { margin-top: 3rem; color: var(--dim); font-size: .85rem; }
      """;

  public Report {
    errors = List.copyOf(errors);
    sections = List.copyOf(sections);
  }

  /// Throws [FigureException] if this machine can't draw figures: better before an hour of
  /// measurements than after.
  public static void checkFigures() {
    Charts.png(
        new Section.BarFigure(
            "check",
            "Check",
            "group",
            "value",
            List.of("one"),
            List.of(new Section.Bars("bar", new double[] {1}, Section.Whose.OURS))));
  }

  /// Writes `index.html` and the figures into a folder, which is made if there is none; returns the
  /// page.
  public Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    StringBuilder page = new StringBuilder(head());
    for (Section section : sections) {
      page.append("<section>\n<h2>").append(text(section.title())).append("</h2>\n");
      for (Section.Block block : section.blocks()) {
        page.append(
            switch (block) {
              case Section.Paragraph paragraph -> "<p>" + text(paragraph.text()) + "</p>\n";
              case Section.Table table -> table(table);
              case Section.BarFigure figure -> figure(figure, folder);
            });
      }
      page.append("</section>\n");
    }
    page.append(
        "<footer>Made by Deed. Each measurement is a line of <code>results.ndjson</code>."
            + "</footer>\n</body>\n</html>\n");
    Path index = folder.resolve("index.html");
    Files.writeString(index, page, StandardCharsets.UTF_8);
    return index;
  }

  private String head() {
    StringBuilder head = new StringBuilder();
    head.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<link rel=\"icon\" href=\"data:,\">\n")
        .append("<title>" + text(title) + "</title>\n<style>\n" + STYLE + "</style>\n")
        .append("</head>\n<body>\n<h1>" + text(title) + "</h1>\n");
    if (errors.isEmpty()) {
      head.append("<p class=\"verdict good\">All results are right.</p>\n");
    }
    for (String error : errors) {
      head.append("<p class=\"verdict bad\">" + text(error) + "</p>\n");
    }
    head.append("<dl>\n<dt>Command</dt><dd><code>" + text(command) + "</code></dd>\n")
        .append("<dt>Begun</dt><dd>" + text(TIME.format(began)) + "</dd>\n")
        .append("<dt>Machine</dt><dd>" + text(machine.sentence()) + "</dd>\n</dl>\n");
    return head.toString();
  }

  private static String table(Section.Table table) {
    StringBuilder html = new StringBuilder("<div class=\"wide\"><table>\n<caption>");
    html.append(text(table.caption())).append("</caption>\n<thead><tr>");
    for (String heading : table.headings()) {
      boolean right = heading.startsWith(">");
      html.append(right ? "<th class=\"n\" scope=\"col\">" : "<th scope=\"col\">")
          .append(text(right ? heading.substring(1) : heading))
          .append("</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : table.rows()) {
      html.append("<tr>");
      for (int i = 0; i < row.size(); i++) {
        html.append(table.headings().get(i).startsWith(">") ? "<td class=\"n\">" : "<td>")
            .append(text(row.get(i)))
            .append("</td>");
      }
      html.append("</tr>\n");
    }
    return html.append("</tbody>\n</table></div>\n").toString();
  }

  private static String figure(Section.BarFigure figure, Path folder) throws IOException {
    byte[] png = Charts.png(figure);
    Files.write(folder.resolve(figure.name() + ".png"), png);
    return "<figure><img alt=\""
        + text(figure.title() + "; the numbers are in the table below")
        + "\" width=\""
        + Charts.WIDTH
        + "\" height=\""
        + Charts.HEIGHT
        + "\" src=\"data:image/png;base64,"
        + Base64.getEncoder().encodeToString(png)
        + "\"></figure>\n";
  }

  private static String text(String plain) {
    return plain
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
