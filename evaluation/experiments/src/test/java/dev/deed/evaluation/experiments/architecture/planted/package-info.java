/// Violations on purpose, one a class, by which each rule shows that it can fail.
package dev.deed.evaluation.experiments.architecture.planted;
