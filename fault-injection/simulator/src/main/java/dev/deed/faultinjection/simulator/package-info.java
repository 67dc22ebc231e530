/// A cluster in virtual time, driven by a seed: real cores, and models of all that surrounds them.
///
/// [SimulationRun] is the way in. A run is a *plan* (scripts of tasks and faults, as data) played in a
/// *world* (processes, links, stores, the membership log), watched by *checkers*, one an invariant of
/// protocol.md §8. The same seed and plan give the same run, event by event; a failing plan is made
/// smaller and leaves its story.
@NullMarked
package dev.deed.faultinjection.simulator;

import org.jspecify.annotations.NullMarked;
