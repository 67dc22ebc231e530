/// Deed: distributed futures by ownership. A program calls tasks, gets references to values that do
/// not exist yet, and passes them on.
///
/// One rule carries the whole API: a reference that is *joined* (handed to [Deed#submit] beside the
/// function) is delivered to the task as its value; a value or a reference that the function
/// *captures* travels as it is. Everything that a program needs is in this package; the packages
/// below it are internal.
@NullMarked
package dev.deed;

import org.jspecify.annotations.NullMarked;
