/// The experiments of the ownership paper (NSDI 2021).
@NullMarked
package dev.deed.evaluation.experiments.nsdi21;

import org.jspecify.annotations.NullMarked;
