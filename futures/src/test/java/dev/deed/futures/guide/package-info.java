/// The programs of the README and the guide, compiled and run.
@org.jspecify.annotations.NullMarked
package dev.deed.futures.guide;
