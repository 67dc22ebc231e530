package dev.deed.ownership;

import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import java.util.List;

/// A message that handed references on and has not been released.
record Give(WorkerId to, long number, List<Reference> references) {}
