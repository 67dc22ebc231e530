/// The command `deed reproduce`.
@NullMarked
package dev.deed.evaluation.experiments.cli;

import org.jspecify.annotations.NullMarked;
