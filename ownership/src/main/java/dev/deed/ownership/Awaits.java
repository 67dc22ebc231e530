package dev.deed.ownership;

import dev.deed.lineage.Reference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The waits of this worker's user code for some of several objects.
final class Awaits {

  /// One wait.
  static final class Await {
    final long request;
    final List<Reference> references;
    final int count;
    final boolean[] done;
    int finished;
    boolean answered;

    Await(long request, List<Reference> references, int count) {
      this.request = request;
      this.references = references;
      this.count = count;
      this.done = new boolean[references.size()];
    }
  }

  private final CoreContext context;
  private final LongTable<Await> awaits = new LongTable<>();
  private @Nullable Values values;

  Awaits(CoreContext context) {
    this.context = context;
  }

  void connect(Values toValues) {
    values = toValues;
  }

  /// User code waits.
  void await(long request, List<Reference> references, int count) {
    Await await = new Await(request, references, Math.min(count, references.size()));
    awaits.put(request, await);
    for (int i = 0; i < references.size(); i++) {
      if (values().known(references.get(i)) != null) {
        await.done[i] = true;
        await.finished++;
      }
    }
    if (await.finished >= await.count) {
      answer(await);
      return;
    }
    for (int i = 0; i < references.size(); i++) {
      if (!await.done[i]) {
        values().await(references.get(i), new Waiter.OfAwait(await, i));
      }
    }
  }

  /// One of the objects is done.
  void done(Await await, int position) {
    if (await.answered || await.done[position]) {
      return;
    }
    await.done[position] = true;
    if (++await.finished >= await.count) {
      answer(await);
    }
  }

  /// The wait is over for another reason.
  void end(long request) {
    Await await = awaits.get(request);
    if (await != null) {
      answer(await);
    }
  }

  private void answer(Await await) {
    await.answered = true;
    awaits.remove(await.request);
    int[] done = new int[await.finished];
    int next = 0;
    for (int i = 0; i < await.done.length; i++) {
      if (await.done[i]) {
        done[next++] = i;
      } else {
        values()
            .forget(
                await.references.get(i),
                w -> w instanceof Waiter.OfAwait(Await a, _) && a == await);
      }
    }
    context.awaited(await.request, done);
  }

  int open() {
    return awaits.size();
  }

  private Values values() {
    return Invariants.present(values, "values");
  }
}
