/// Tests of the runtime through the public API, and a speed check to be run by hand.
@NullMarked
package dev.deed.futures;

import org.jspecify.annotations.NullMarked;
