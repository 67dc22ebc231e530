package dev.deed;

import java.util.List;

/// Who belongs to a cluster, at one moment.
///
/// @param members the living members in the order in which they joined
public record ClusterView(List<Member> members) {}
