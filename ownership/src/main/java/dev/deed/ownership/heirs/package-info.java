/// The record log: how the server of an estate keeps its heirs' images up to date (protocol.md §3).
/// A log of states, not of operations: what changed is encoded as it is at the end of a batch. Pure
/// and single-threaded, and without any knowledge of what a record means. Internal to Deed.
@NullMarked
package dev.deed.ownership.heirs;

import org.jspecify.annotations.NullMarked;
