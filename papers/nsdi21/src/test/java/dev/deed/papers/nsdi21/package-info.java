/// Tests of the programs of the ownership paper.
@NullMarked
package dev.deed.papers.nsdi21;

import org.jspecify.annotations.NullMarked;
