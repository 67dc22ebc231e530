/// What JGroups does here. Agreement among a few voters: an ordered log of opaque entries (with
/// jgroups-raft), and the kernel lock by which the end of a process on this host is proved. And the
/// way of the record logs to heirs.
@NullMarked
package dev.deed.transport.group;

import org.jspecify.annotations.NullMarked;
