/// The papers' experiments, and the report of their figures.
@NullMarked
package dev.deed.evaluation.experiments;

import org.jspecify.annotations.NullMarked;
