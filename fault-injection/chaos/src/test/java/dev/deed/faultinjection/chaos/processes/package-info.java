/// Tests on real processes: the acceptance scenarios with workers killed by SIGKILL, links behind
/// toxiproxy, how everything ends, and what bad input gets.
@NullMarked
package dev.deed.faultinjection.chaos.processes;

import org.jspecify.annotations.NullMarked;
