package dev.deed;

import java.util.Map;

/// One worker of a cluster.
///
/// @param id its name
/// @param host the machine that it runs on, or plays
/// @param pid its process id on that machine
/// @param resources what it offers to tasks, by name: `cpu`, `memory` in bytes, and others
/// @param driver whether it runs a user's main program and no tasks of others
public record Member(
    WorkerId id, String host, long pid, Map<String, Double> resources, boolean driver) {}
