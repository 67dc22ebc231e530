/// Real worker processes under injected faults.
@NullMarked
package dev.deed.faultinjection.chaos;

import org.jspecify.annotations.NullMarked;
