/// Tests of the command line.
@NullMarked
package dev.deed.futures.cli;

import org.jspecify.annotations.NullMarked;
