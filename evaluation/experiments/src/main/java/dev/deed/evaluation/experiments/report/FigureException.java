package dev.deed.evaluation.experiments.report;

/// Figures can't be drawn on this machine; the message says what to install.
public final class FigureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FigureException(Throwable cause) {
    super(
        "figures can't be drawn on this machine because fonts are missing: install fontconfig, freetype"
            + " and a font (apt-get install fontconfig libfreetype6 fonts-dejavu-core), then run this"
            + " again",
        cause);
  }
}
