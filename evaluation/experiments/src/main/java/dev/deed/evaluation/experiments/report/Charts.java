package dev.deed.evaluation.experiments.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/// Draws figures as PNG. They are drawn at twice the size at which they are shown, so that they are
/// sharp on fine screens, and with type that can still be read on a telephone.
final class Charts {
  /// The size at which a figure is shown, in pixels of CSS.
  static final int WIDTH = 640;

  static final int HEIGHT = 420;
  private static final int SCALE = 2;
  private static final int TEXT = 15;
  private static final int TICKS_APART = 60;
  private static final double FILL = 0.8;

  /// Where a bar's number stands: near its end, within it.
  private static final double LABEL_AT = 0.94;

  private static final Color INK = new Color(0x22, 0x28, 0x31);
  private static final Color GRID = new Color(0xdd, 0xe1, 0xe6);

  private Charts() {}

  /// The figure as PNG. Throws [FigureException] if this machine can't draw.
  static byte[] png(Section.BarFigure figure) {
    System.setProperty("java.awt.headless", "true");
    try {
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(paint(chart(figure)), "png", png);
      return png.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("figure " + figure.name() + " can't be encoded", e);
    } catch (LinkageError | InternalError | NullPointerException e) {
      // What java.desktop throws where it finds no fonts or no font library, by version of the JDK.
      throw new FigureException(e);
    }
  }

  private static BufferedImage paint(CategoryChart chart) {
    int width = SCALE * WIDTH;
    int height = SCALE * HEIGHT;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    chart.paint(graphics, width, height);
    graphics.dispose();
    return image;
  }

  private static CategoryChart chart(Section.BarFigure figure) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(SCALE * WIDTH)
            .height(SCALE * HEIGHT)
            .title(figure.title())
            .xAxisTitle(figure.groupsAre())
            .yAxisTitle(figure.valuesAre())
            .build();
    style(chart.getStyler());
    // Where no group has two bars, each stands in the middle of its group.
    chart.getStyler().setOverlapped(!hasGroups(figure));
    List<Color> colours = new ArrayList<>();
    for (Section.Bars bars : figure.bars()) {
      List<@Nullable Double> values = new ArrayList<>();
      for (double value : bars.values()) {
        values.add(Double.isNaN(value) ? null : value);
      }
      chart.addSeries(bars.name(), figure.groups(), values);
      colours.add(colour(bars.whose()));
    }
    chart.getStyler().setSeriesColors(colours.toArray(Color[]::new));
    return chart;
  }

  private static boolean hasGroups(Section.BarFigure figure) {
    return IntStream.range(0, figure.groups().size())
        .anyMatch(group ->
            figure.bars().stream().filter(bars -> !Double.isNaN(bars.values()[group])).count() > 1);
  }

  private static void style(CategoryStyler styler) {
    Font text = new Font(Font.SANS_SERIF, Font.PLAIN, SCALE * TEXT);
    styler.setBaseFont(text);
    styler.setChartTitleFont(text.deriveFont(Font.BOLD, (float) SCALE * (TEXT + 1)));
    styler.setLegendFont(text);
    styler.setAxisTitleFont(text);
    styler.setAxisTickLabelsFont(text);
    styler.setLabelsFont(text.deriveFont((float) SCALE * (TEXT - 2)));
    styler.setLabelsVisible(true);
    styler.setLabelsPosition(LABEL_AT);
    styler.setLabelsFontColorAutomaticEnabled(true);
    styler.setLabelsFontColorAutomaticDark(INK);
    styler.setLabelsFontColorAutomaticLight(Color.WHITE);
    styler.setChartFontColor(INK);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(GRID);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setChartTitleBoxVisible(false);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal);
    styler.setAvailableSpaceFill(FILL);
    styler.setYAxisMin(0.0);
    styler.setYAxisDecimalPattern("#,##0.##");
    styler.setYAxisTickMarkSpacingHint(SCALE * TICKS_APART);
    styler.setChartPadding(SCALE * 8);
  }

  private static Color colour(Section.Whose whose) {
    return switch (whose) {
      case OURS -> new Color(0x1b, 0x7f, 0x79);
      case OURS_FAILING -> new Color(0xe0, 0x6c, 0x1f);
      case PAPERS -> new Color(0xa9, 0xc9, 0xc7);
      case PAPERS_FAILING -> new Color(0xf3, 0xc9, 0xa6);
    };
  }
}
