/// What the death of an owner costs, by durability: the experiment that is Deed's own.
@NullMarked
package dev.deed.evaluation.experiments.owners;

import org.jspecify.annotations.NullMarked;
