/// The micro set of benchmarks.
@NullMarked
package dev.deed.evaluation.bench;

import org.jspecify.annotations.NullMarked;
