/// The worker runtime behind the public API.
@NullMarked
package dev.deed.futures;

import org.jspecify.annotations.NullMarked;
