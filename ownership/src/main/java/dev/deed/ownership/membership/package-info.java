/// Who belongs to the cluster: what members and voters say to each other outside the replicated
/// log, and the state machine of both (protocol.md §4). Internal to Deed: the runtime and the
/// simulator drive it.
@NullMarked
package dev.deed.ownership.membership;

import org.jspecify.annotations.NullMarked;
