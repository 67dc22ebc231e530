/// Agreement among a few voters: an ordered log of opaque entries (JGroups and jgroups-raft), and
/// the kernel lock by which the end of a process on this host is proved.
@NullMarked
package dev.deed.transport.group;

import org.jspecify.annotations.NullMarked;
