package dev.deed.ownership;

import dev.deed.lineage.Argument;
import dev.deed.lineage.Reference;
import java.util.List;

/// An argument of an execution that did not come with the push: its bytes, or, where there was no
/// room for it, whatever its owner has.
final class ArgumentFetch implements Fetches.Need {
  private final Executions executions;
  private final StoreIndex store;
  private final Holders holders;
  private final Execution execution;
  private final int position;

  ArgumentFetch(
      Executions executions, StoreIndex store, Holders holders, Execution execution, int position) {
    this.executions = executions;
    this.store = store;
    this.holders = holders;
    this.execution = execution;
    this.position = position;
  }

  @Override
  public void have(StoreIndex.Copy copy) {
    if (!wanted()) {
      store.unpin(copy);
      return;
    }
    execution.pins(copy);
    Argument.Stored here =
        new Argument.Stored(argument().reference(), copy.value, List.of(executions.here()));
    replace(here);
    executions.holdInner(execution, here);
    executions.argumentArrived(execution);
  }

  @Override
  public void instead(Outcome outcome) {
    if (!wanted()) {
      return;
    }
    switch (outcome) {
      case Outcome.Inline(var value) -> {
        Reference reference = argument().reference();
        replace(new Argument.Inline(reference, value));
        for (Reference inner : value.references()) {
          holders.cover(inner, reference);
        }
        executions.hold(execution, value.references());
        executions.argumentArrived(execution);
      }
      case Outcome.Failed(Failure failure) -> {
        String message = "an argument of " + execution.spec.origin().name() + " has no value";
        executions.end(execution, new TaskOutcome.Threw(failure.ofArgument(message), false), 0);
      }
      case Outcome.Stored _ -> throw new IllegalStateException("stored values are fetched");
    }
  }

  @Override
  public boolean wanted() {
    return execution.state == Execution.State.FETCHING;
  }

  private Argument argument() {
    return execution.spec.arguments().get(position);
  }

  private void replace(Argument argument) {
    execution.spec.arguments().set(position, argument);
  }
}
