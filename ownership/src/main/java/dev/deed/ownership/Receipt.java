package dev.deed.ownership;

import dev.deed.lineage.WorkerId;
import java.util.List;

/// A message that brought references and has not been released to its giver.
final class Receipt {
  final WorkerId giver;
  final long number;

  /// The references of other estates than this worker's own.
  final List<Borrowed> brought;

  /// Whether what the message was for has ended: a release may go out.
  boolean finished;

  /// Whether the handles that are left have had their time.
  boolean due;

  /// Whether the release has gone out, or the giver is dead and has none to get.
  boolean released;

  Receipt(WorkerId giver, long number, List<Borrowed> brought) {
    this.giver = giver;
    this.number = number;
    this.brought = brought;
  }

  /// Whether the giver's own estate has the object.
  boolean ofGiver(Borrowed borrowed) {
    return borrowed.reference.estate().creator().equals(giver);
  }
}
