package dev.deed.evaluation.experiments.architecture.planted.arrows.elsewhere;

/// A class outside every module.
public interface BelongsNowhere {}
