package dev.deed.ownership;

import dev.deed.lineage.Reference;
import dev.deed.lineage.StoredValue;
import dev.deed.lineage.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The gets of this worker's user code.
final class Reads {
  /*
   * Invariant: from the get to its end the reference is held, and from the answer to its end also the
   * references inside the value: whatever user code makes of the value is covered.
   */
  private static final class Read {
    final Reference reference;
    List<Reference> inner = List.of();
    StoreIndex.@Nullable Copy copy;
    boolean answered;

    Read(Reference reference) {
      this.reference = reference;
    }
  }

  private final CoreContext context;
  private final Holders holders;
  private final StoreIndex store;
  private final Fetches fetches;
  private final LongTable<Read> reads = new LongTable<>();
  private @Nullable Values values;

  Reads(CoreContext context, Holders holders, StoreIndex store, Fetches fetches) {
    this.context = context;
    this.holders = holders;
    this.store = store;
    this.fetches = fetches;
  }

  void connect(Values toValues) {
    values = toValues;
  }

  /// User code wants a value.
  void get(long request, Reference reference) {
    Outcome known = values().known(reference);
    if (known != null && selfContained(known)) {
      context.got(request, reference, known);
      return;
    }
    holders.hold(reference, new Cause.Reading(request));
    reads.put(request, new Read(reference));
    if (known != null) {
      deliver(request, known);
    } else {
      values().await(reference, new Waiter.OfGet(request));
    }
  }

  /// Whether a reader needs nothing but the answer: no bytes elsewhere, no references inside.
  private static boolean selfContained(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Inline(Value value) -> value.references().isEmpty();
      case Outcome.Stored _ -> false;
      case Outcome.Failed _ -> true;
    };
  }

  /// There is an outcome for a get.
  void deliver(long request, Outcome outcome) {
    Read read = reads.get(request);
    if (read == null || read.answered) {
      return;
    }
    switch (outcome) {
      case Outcome.Inline(Value value) -> {
        cover(request, read, value.references());
        answer(request, read, outcome, !value.references().isEmpty());
      }
      case Outcome.Failed _ -> answer(request, read, outcome, false);
      case Outcome.Stored stored ->
          fetches.need(read.reference, stored, new ReadNeed(request, read));
    }
  }

  private void cover(long request, Read read, List<Reference> inner) {
    read.inner = inner;
    for (Reference reference : inner) {
      holders.cover(reference, read.reference);
      holders.hold(reference, new Cause.Reading(request));
    }
  }

  private void answer(long request, Read read, Outcome outcome, boolean endsLater) {
    read.answered = true;
    context.got(request, read.reference, outcome);
    if (!endsLater) {
      done(request);
    }
  }

  /// A get that needs the bytes.
  private final class ReadNeed implements Fetches.Need {
    private final long request;
    private final Read read;

    ReadNeed(long request, Read read) {
      this.request = request;
      this.read = read;
    }

    @Override
    public void have(StoreIndex.Copy copy) {
      if (!wanted()) {
        store.unpin(copy);
        return;
      }
      StoredValue value = copy.value;
      read.copy = copy;
      cover(request, read, value.references());
      answer(request, read, new Outcome.Stored(value, List.of(context.id)), true);
    }

    @Override
    public void instead(Outcome outcome) {
      deliver(request, outcome);
    }

    @Override
    public boolean wanted() {
      return reads.get(request) == read && !read.answered;
    }
  }

  /// The value has been decoded, or nobody waits for it any more.
  void done(long request) {
    Read read = reads.remove(request);
    if (read == null) {
      return;
    }
    if (read.copy != null) {
      store.unpin(read.copy);
    }
    Cause cause = new Cause.Reading(request);
    for (Reference inner : read.inner) {
      holders.letGo(inner, cause);
    }
    holders.letGo(read.reference, cause);
  }

  /// A get was given up; one that has been answered is ended when its value has been decoded.
  void abandon(long request) {
    Read read = reads.get(request);
    if (read != null && !read.answered) {
      values()
          .forget(read.reference, w -> w instanceof Waiter.OfGet(long number) && number == request);
      done(request);
    }
  }

  int open() {
    return reads.size();
  }

  private Values values() {
    return Invariants.present(values, "values");
  }
}
