/// Tests of the experiments of the ownership paper.
@NullMarked
package dev.deed.evaluation.experiments.nsdi21;

import org.jspecify.annotations.NullMarked;
