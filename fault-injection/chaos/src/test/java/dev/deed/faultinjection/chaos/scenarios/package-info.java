/// The acceptance scenarios on real worker processes, which are killed by SIGKILL.
@NullMarked
package dev.deed.faultinjection.chaos.scenarios;

import org.jspecify.annotations.NullMarked;
