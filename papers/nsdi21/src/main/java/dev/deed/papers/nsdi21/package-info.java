/// The programs of the ownership paper (NSDI 2021), on the public API alone.
@NullMarked
package dev.deed.papers.nsdi21;

import org.jspecify.annotations.NullMarked;
