/// The ownership protocol: a state machine without I/O, clock or threads.
@NullMarked
package dev.deed.ownership;

import org.jspecify.annotations.NullMarked;
