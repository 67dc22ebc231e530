/// The ownership protocol: one single-threaded state machine a worker, [WorkerCore], that takes
/// [Event]s and gives [Effects], and the [Message]s that workers exchange. No I/O, clock, thread,
/// lock or random source: production, simulator and explorer drive the same classes.
@NullMarked
package dev.deed.ownership;

import org.jspecify.annotations.NullMarked;
