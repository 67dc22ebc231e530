/// The runtime of one worker, internal: it drives the protocol core
/// ([dev.deed.ownership.WorkerCore]), executes tasks, tracks the handles of the program, and turns
/// values into what the protocol carries.
///
/// A call goes [Verbs] → [Worker] → [CoreDriver] (the ring of events and whoever drains it) → core
/// → [CoreEffects] → [TaskExecutor] → [TaskRun] → [CoreDriver]; a wait goes [Readers] →
/// [CoreDriver] → core → [CoreEffects] → [Waiter].
@NullMarked
package dev.deed.futures.runtime;

import org.jspecify.annotations.NullMarked;
