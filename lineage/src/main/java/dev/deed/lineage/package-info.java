/// Names of things (tasks, objects, workers, estates), task specifications, and the lineage that
/// says how a lost value is made again. Pure: no clock, thread, lock, random source or I/O.
@NullMarked
package dev.deed.lineage;

import org.jspecify.annotations.NullMarked;
