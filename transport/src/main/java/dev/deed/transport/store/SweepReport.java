package dev.deed.transport.store;

import dev.deed.lineage.WorkerId;
import java.util.List;

/// What a sweep did.
///
/// @param removed the workers whose directories were removed
/// @param skipped directories and files that are none of the store's business, or not safe to touch
public record SweepReport(List<WorkerId> removed, int skipped) {}
