package dev.deed;

import java.util.List;

/// What [Deed#await] found, both lists in the order of the collection that was asked for.
///
/// @param done references with a value or a failure
/// @param pending the others
/// @param <R> type of the references
public record Ready<R extends Ref<?>>(List<R> done, List<R> pending) {}
