/// An exhaustive search: all interleavings, crashes and pauses of small clusters of the real core.
/// [dev.deed.faultinjection.explorer.Exploration] is the entry; all else is internal.
@NullMarked
package dev.deed.faultinjection.explorer;

import org.jspecify.annotations.NullMarked;
