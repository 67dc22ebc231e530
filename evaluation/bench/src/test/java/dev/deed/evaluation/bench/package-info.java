/// Tests of the benchmarks.
@NullMarked
package dev.deed.evaluation.bench;

import org.jspecify.annotations.NullMarked;
