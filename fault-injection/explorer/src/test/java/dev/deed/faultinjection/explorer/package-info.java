@NullMarked
package dev.deed.faultinjection.explorer;

import org.jspecify.annotations.NullMarked;
