/// Clusters whose workers an experiment can kill and replace.
@NullMarked
package dev.deed.evaluation.experiments.cluster;

import org.jspecify.annotations.NullMarked;
