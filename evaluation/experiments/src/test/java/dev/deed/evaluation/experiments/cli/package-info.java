/// Tests of the command.
@NullMarked
package dev.deed.evaluation.experiments.cli;

import org.jspecify.annotations.NullMarked;
