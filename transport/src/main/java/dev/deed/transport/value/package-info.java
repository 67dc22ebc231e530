/// Values and code as bytes: what a task captured, is given, returns or throws, and the function
/// itself. Nothing here knows the API's `Ref`; it only learns the [dev.deed.lineage.Reference] of
/// each through a [dev.deed.transport.value.ReferenceHook].
@NullMarked
package dev.deed.transport.value;

import org.jspecify.annotations.NullMarked;
