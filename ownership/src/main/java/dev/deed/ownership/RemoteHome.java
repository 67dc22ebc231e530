package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.TaskSpec;
import java.util.List;

/// The driver's side of a resumed job: what its main calls and puts goes to the server of the job's
/// estate (protocol.md §5).
final class RemoteHome {
  /*
   * State: none of its own.  The results are borrowed references, registered by the message itself.
   * Messages: Call, PutValue (stream to the job's estate).
   * Invariants: what a message carries is held by it until the server releases it.  The server holds a
   * result for this worker from when it applies the message, and this worker lets it go behind that in
   * the same stream.
   * Failure: the messages are of a stream, so a successor of the server gets them; it skips what its
   * image has.  Where the estate is closed, whoever waits for the results is told.
   */
  private final CoreContext context;
  private final Holders holders;
  private final Streams streams;
  private final StoreIndex store;

  RemoteHome(CoreContext context, Holders holders, Streams streams, StoreIndex store) {
    this.context = context;
    this.holders = holders;
    this.streams = streams;
    this.store = store;
  }

  /// Whether calls of user code here go to this estate, though another worker serves it.
  boolean is(EstateId home) {
    return context.estates.of(home) == null
        && context.log.jobOf(home).filter(job -> job.driver().equals(context.id)).isPresent();
  }

  /// Main called a task.
  void submit(EstateId home, TaskSpec spec, long[] handles) {
    long number = give(home, spec.carried());
    long message = streams.send(home, new Message.EstateMessage.Call(number, spec));
    for (int i = 0; i < handles.length; i++) {
      holders.claimed(new Reference(spec.result(i), home), handles[i], message);
    }
  }

  /// Main put a value.
  void put(Event.Put put) {
    Reference reference = new Reference(put.object(), put.home());
    Outcome outcome = put.outcome();
    if (outcome instanceof Outcome.Stored(StoredValue value, _)) {
      StoreIndex.Copy copy = store.sealed(reference, value, true);
      if (context.log.closed(put.home())) {
        // Nobody would ever say that it is not needed.
        store.free(copy.name);
      }
      outcome = new Outcome.Stored(value, List.of(context.id));
    }
    long number = give(put.home(), outcome.references());
    long message =
        streams.send(
            put.home(),
            new Message.EstateMessage.PutValue(
                number, put.object(), put.parent(), outcome, put.origin(), put.copies()));
    holders.claimed(reference, put.handle(), message);
  }

  /// Nothing is given where nobody is left to take it.
  private long give(EstateId home, List<Reference> references) {
    return context.log.server(home).map(server -> holders.give(server, references)).orElse(0L);
  }
}
