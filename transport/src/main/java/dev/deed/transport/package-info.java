/// Bytes between workers: links, channels, the object store, transfer and serialization.
@NullMarked
package dev.deed.transport;

import org.jspecify.annotations.NullMarked;
