package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;

/// A program whose calls and puts outlive its driver: another driver may resume it (protocol.md
/// §5).
///
/// @param estate of the driver that began it: the home of all that its main calls and puts,
///   whichever driver runs main. One that resumes the job from its journal serves it, too
/// @param main the task that main is
/// @param driver the last that runs, or ran, main
public record Job(String name, EstateId estate, TaskId main, WorkerId driver) {}
