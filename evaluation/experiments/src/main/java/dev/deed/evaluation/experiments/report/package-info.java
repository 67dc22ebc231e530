/// The report of experiments: a page with figures and tables, and the figures as files.
@NullMarked
package dev.deed.evaluation.experiments.report;

import org.jspecify.annotations.NullMarked;
