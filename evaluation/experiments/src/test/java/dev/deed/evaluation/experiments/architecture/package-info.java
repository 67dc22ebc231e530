/// Rules of the architecture that are read from the compiled classes of every module.
///
/// The package `planted` holds one small violation for each part of each rule; a rule that does not
/// find its own is a defect.
@NullMarked
package dev.deed.evaluation.experiments.architecture;

import org.jspecify.annotations.NullMarked;
