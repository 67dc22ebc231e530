/// Tests of the commands of fault injection.
@NullMarked
package dev.deed.faultinjection.chaos;

import org.jspecify.annotations.NullMarked;
