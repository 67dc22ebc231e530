/// Tests of names, specifications and what lineage costs.
@NullMarked
package dev.deed.lineage;

import org.jspecify.annotations.NullMarked;
