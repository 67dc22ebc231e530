/// Reading and writing of the binary forms that cross a process boundary, with every length checked
/// before anything is allocated for it.
@NullMarked
package dev.deed.lineage.wire;

import org.jspecify.annotations.NullMarked;
