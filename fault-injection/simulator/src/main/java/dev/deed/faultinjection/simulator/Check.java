package dev.deed.faultinjection.simulator;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Event;
import dev.deed.ownership.Message;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.List;

/// A checker of one invariant: it is told what happens, and throws a [ViolationException] when the
/// invariant does not hold. What it does at each call is cheap; what is not, it does in [#survey].
interface Check {
  /// A message has left a core.
  default void sent(Node from, Node to, Message message) {}

  /// A core is about to apply an event.
  default void applying(Node node, Event event) {}

  /// A core gives out a message of a record log: its state is that in which it wrote it.
  default void replicating(Node from, HeirMessage message) {}

  /// A core serves an estate after another, and its records are complete.
  default void inherited(Node node, EstateId estate) {}

  /// The heirs of an estate are others than before, by an entry of the membership log.
  default void heirsChanged(EstateId estate, List<Entry.Heir> before, List<Entry.Heir> after) {}

  /// User code of a task begins.
  default void started(Node node, Executor.Job job) {}

  /// User code asks for a value.
  default void asked(Node node, long request, Reference reference) {}

  /// User code is given a value or a failure.
  default void got(Node node, long request, Reference reference, Outcome outcome) {}

  /// User code has read a value with this digest and these references inside.
  default void read(Node node, Reference reference, long digest, List<Reference> inside) {}

  /// A wait is over.
  default void awaited(Node node, List<Reference> targets, Step.Await step, int[] done) {}

  /// A store has a copy more.
  default void stored(Node node, CopyName name) {}

  /// A store has a copy less.
  ///
  /// @param open whether user code is reading it
  default void deleted(Node node, CopyName name, boolean open) {}

  /// A core has applied an event.
  default void stepped(Node node) {}

  /// A process has ended, by force or by itself.
  default void ended(Node node) {}

  /// Now and then, between events: look at everything.
  default void survey() {}

  /// All faults are healed, all programs have ended, and the bound has passed.
  default void quiescent() {}
}
