/// A cluster in virtual time, driven by a seed.
@NullMarked
package dev.deed.faultinjection.simulator;

import org.jspecify.annotations.NullMarked;
