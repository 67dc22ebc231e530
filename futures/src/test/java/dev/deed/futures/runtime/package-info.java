/// Tests of parts of the runtime by themselves.
@NullMarked
package dev.deed.futures.runtime;

import org.jspecify.annotations.NullMarked;
