/// The frame of the `deed` command line, and the commands that run programs and look into clusters.
///
/// [dev.deed.futures.cli.DeedCommand] is the main class. Other modules add their commands by a
/// [dev.deed.futures.cli.DeedCommands] service; what needs worker processes asks a
/// [dev.deed.futures.cli.ClusterAccess] service for them.
@NullMarked
package dev.deed.futures.cli;

import org.jspecify.annotations.NullMarked;
