package dev.deed.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Placement;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.heirs.EstateImage;
import dev.deed.ownership.heirs.HeirsConfig;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/// Defects of estates with heirs that the simulator has found, each as the story of its cause.
final class HeirsFoundBySimulationTest {
  private static final long MS = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;

  private static final TaskSpec.Terms ONCE =
      new TaskSpec.Terms(Demand.ONE_CPU, 0, List.of(), 0, new Placement.Anywhere());

  private static TaskSpec.Terms at(MiniCluster.Node node) {
    return new TaskSpec.Terms(Demand.ONE_CPU, 3, List.of(), 0, new Placement.OnWorker(node.id));
  }

  private final MiniCluster cluster = new MiniCluster();
  private final MiniCluster.Node owner;
  private final MiniCluster.Node second;
  private final MiniCluster.Node third;
  private final EstateId estate;

  HeirsFoundBySimulationTest() {
    cluster.heirs = HeirsConfig.defaults(HeirsConfig.Mode.ASYNC, 1);
    owner = cluster.driver();
    estate = new EstateId(owner.id);
    cluster.holdBackProposals(this::saysFull);
    second = cluster.worker();
    third = cluster.worker();
  }

  private void declareFull() {
    cluster.deliverHeldBack();
    replicate();
    assertThat(owner.view().log().heirs(estate)).singleElement().matches(Entry.Heir::full);
  }

  private void replicate() {
    for (int i = 0; i < 4; i++) {
      cluster.pass(2 * MS);
    }
  }

  private void quiet() {
    for (int i = 0; i < 4; i++) {
      cluster.pass(2 * SECOND);
    }
  }

  private MiniCluster.Node node(WorkerId id) {
    return Invariants.present(cluster.nodes.get(id), "node " + id);
  }

  private MiniCluster.Node heirOf(MiniCluster.Node node) {
    return node(owner.view().log().heirs(new EstateId(node.id)).getFirst().worker());
  }

  private boolean saysFull(Entry entry) {
    return entry instanceof Entry.Heirs heirs
        && heirs.estate().equals(estate)
        && heirs.heirs().stream().anyMatch(Entry.Heir::full);
  }

  private static long unacknowledged(MiniCluster.Node node) {
    return Invariants.present(node.view().sizes().get("messages unacknowledged"), "size");
  }

  private EstateImage image() {
    WorkerId heir = owner.view().log().heirs(estate).getFirst().worker();
    return Invariants.present(node(heir).view().image(estate), "image");
  }

  /// An heir was said to be full, and succeeded, before its server had heard of the entry: until
  /// then nothing had waited for it.
  @Test
  void anAcknowledgementWaitsForAnHeirFromTheMomentItMayBeDeclaredFull() {
    Reference x = owner.put(List.of());
    replicate();
    assertThat(owner.view().log().heirs(estate)).noneMatch(Entry.Heir::full);
    cluster.heirsCutOff = true;
    owner.submit(TaskSpec.Terms.DEFAULT, List.of(x));
    MiniCluster.Node reader = second.runs.isEmpty() ? third : second;
    reader.take(x);
    reader.returns(reader.nextRun(), List.of());
    quiet();
    assertThat(unacknowledged(reader)).isPositive();

    cluster.heirsCutOff = false;
    quiet();
    assertThat(unacknowledged(reader)).isZero();
    declareFull();
  }

  /// A proposal is repeated later than a batch: the time for the one must not hide the other's.
  @Test
  void aLostBatchIsRepeatedWhileAProposalIsUnderWay() {
    replicate();
    long before = image().batch();
    cluster.heirsCutOff = true;
    owner.put(List.of());
    replicate();
    cluster.heirsCutOff = false;
    cluster.pass(owner.heirs().repeatNs());
    assertThat(image().batch()).isGreaterThan(before);
  }

  /// The push of a task without retries waits until the heirs know of it. If its executor dies
  /// meanwhile, the owner knows that it has not run.
  @Test
  void aTaskWhosePushHasNotLeftIsNotLostWithItsExecutor() {
    declareFull();
    cluster.heirsCutOff = true;
    Reference r = owner.submit(ONCE, List.of());
    TaskId task = r.object().task();
    CoreView.OwnTask pushed = Invariants.present(owner.view().task(estate, task), "task");
    assertThat(second.runs).isEmpty();
    assertThat(third.runs).isEmpty();
    MiniCluster.Node executor = node(Invariants.present(pushed.executor(), "executor"));
    cluster.kill(executor);
    cluster.heirsCutOff = false;
    replicate();
    quiet();
    MiniCluster.Node other = executor == second ? third : second;
    assertThat(other.runs).hasSize(1);
    other.returns(other.nextRun(), List.of());
    owner.on(new Event.Get(1, r));
    assertThat(owner.got.get(1L)).isInstanceOf(Outcome.Inline.class);
  }

  /// The push waits for the heirs. It left behind a cancel, when the task had no home any more.
  @Test
  void aTaskThatIsCancelledBeforeItsPushHasLeftIsNotBegun() {
    declareFull();
    cluster.heirsCutOff = true;
    Reference r = owner.submit(ONCE, List.of());
    owner.on(new Event.Cancel(r, CancelMode.INTERRUPT, true));
    owner.drop(r, owner.lastHandle());
    cluster.heirsCutOff = false;
    quiet();
    assertThat(second.runs).isEmpty();
    assertThat(third.runs).isEmpty();
    cluster.expectNothingLeft();
  }

  /// What a reply had brought was released, but the acknowledgement was lost with the owner. The
  /// successor, to which the reply was sent again, released it once more.
  @Test
  void aReplyThatIsSentAgainIsReleasedOnce() {
    declareFull();
    MiniCluster.Node heir = heirOf(owner);
    MiniCluster.Node executor = heir == second ? third : second;
    Reference r = owner.submit(at(executor), List.of());
    owner.submit(at(heir), List.of(r));
    replicate();
    heir.take(r);
    heir.returns(heir.nextRun(), List.of());
    quiet();
    Reference inner = executor.put(List.of());
    cluster.holdBack(Message.EstateAck.class);
    executor.returns(executor.nextRun(), List.of(inner));
    executor.drop(inner, executor.lastHandle());
    quiet();
    assertThat(unacknowledged(executor)).isPositive();
    assertThat(executor.view().sizes()).containsEntry("messages given", 0L);

    cluster.deliverNothingHeldBack();
    cluster.kill(owner);
    quiet();
    heir.on(new Event.Get(1, r));
    assertThat(heir.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    heir.on(new Event.ReadDone(1));
    heir.drop(r, heir.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }

  /// The heir executed a task of the estate, and ended it while it waited for the roll call: what
  /// the task had put and returned was held by nobody until its reply was applied.
  @Test
  void whatATaskReturnsToItsInheritorIsHeldUntilTheRecordsAreThere() {
    declareFull();
    MiniCluster.Node heir = heirOf(owner);
    MiniCluster.Node reader = heir == second ? third : second;
    Reference r = owner.submit(at(heir), List.of());
    owner.submit(at(reader), List.of(r));
    replicate();
    reader.take(r);
    reader.returns(reader.nextRun(), List.of());
    quiet();
    cluster.holdBack(Message.RollCall.class);
    cluster.kill(owner);
    Reference inner = heir.put(List.of());
    heir.returns(heir.nextRun(), List.of(inner));
    heir.drop(inner, heir.lastHandle());
    cluster.deliverHeldBack();
    reader.on(new Event.Get(1, r));
    assertThat(reader.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    long handle = reader.take(inner);
    reader.on(new Event.ReadDone(1));
    reader.on(new Event.Get(2, inner));
    assertThat(reader.got.get(2L)).isInstanceOf(Outcome.Inline.class);
    reader.drop(inner, handle);
    reader.drop(r, handle - 1);
    quiet();
    cluster.expectNothingLeft();
  }

  /// A reply was sent again to a successor, which inherited its sender's estate as well: there the
  /// reply was still one to the dead owner.
  @Test
  void aReplyThatWasSentAgainByOneThatDiedTooIsReleasedToItsHeir() {
    cluster.worker();
    cluster.worker();
    declareFull();
    MiniCluster.Node heir = heirOf(owner);
    MiniCluster.Node executor =
        cluster.nodes.values().stream()
            .filter(node -> node != owner && node != heir && heirOf(node) == heir)
            .findFirst()
            .orElseThrow();
    Reference r = owner.submit(at(executor), List.of());
    owner.submit(at(heir), List.of(r));
    replicate();
    heir.take(r);
    heir.returns(heir.nextRun(), List.of());
    quiet();
    Reference inner = executor.put(List.of());
    cluster.holdBack(Message.EstateMessage.TaskReply.class);
    executor.returns(executor.nextRun(), List.of(inner));
    executor.drop(inner, executor.lastHandle());
    replicate();
    cluster.heirsCutOff = true;
    cluster.holdBack(Message.RollCall.class);
    cluster.kill(owner);
    cluster.kill(executor);
    cluster.heirsCutOff = false;
    cluster.deliverHeldBack();
    heir.on(new Event.Get(1, r));
    assertThat(heir.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    heir.on(new Event.ReadDone(1));
    heir.drop(r, heir.lastHandle());
    quiet();
    cluster.expectNothingLeft();
  }

  /// What stood in a value was held for a task's lineage alone, and the value covered it. When the
  /// task had gone the value was let go before the heirs knew of the one: the heir held for the
  /// task what its owner had freed (seeds 52017356 and 52008628).
  @Test
  void aCoverIsKeptUntilTheHeirsKnowThatWhatItCoversIsNotHeld() {
    declareFull();
    Reference inner = owner.put(List.of());
    final long innerHandle = owner.lastHandle();
    Reference outer = owner.put(List.of(inner));
    final long outerHandle = owner.lastHandle();
    Reference result = owner.submit(at(second), List.of(outer));
    final long resultHandle = owner.lastHandle();
    MiniCluster.Run run = second.nextRun();
    long read = second.take(outer);
    second.on(new Event.Get(1, outer));
    long taken = second.take(inner);
    second.on(new Event.ReadDone(1));
    Reference user = second.call(run, 0, at(third), (byte) 1, inner);
    final long used = second.lastHandle();
    third.returnsStored(third.nextRun(), 1000);
    second.drop(inner, taken);
    second.drop(outer, read);
    owner.drop(inner, innerHandle);
    owner.drop(outer, outerHandle);
    second.returns(run, List.of());
    owner.drop(result, resultHandle);
    replicate();
    cluster.heirsCutOff = true;
    second.drop(user, used);
    quiet();
    assertThat(owner.view().objects()).anyMatch(object -> object.reference().equals(inner));
    cluster.heirsCutOff = false;
    quiet();
    cluster.expectNothingLeft();
  }

  /// A task that began again put a large value again, which had been lost with its worker, with
  /// other references inside: those of the first were held for ever.
  @Test
  void aLostValueThatIsPutAgainHoldsWhatStandsInItNow() {
    declareFull();
    Reference result = owner.submit(TaskSpec.Terms.DEFAULT, List.of());
    MiniCluster.Node first = second.runs.isEmpty() ? third : second;
    MiniCluster.Node heir = heirOf(first);
    MiniCluster.Run run = first.nextRun();
    Reference inner = first.put(run, 0, (byte) 1);
    first.putStored(run, 1, 1000, inner);
    quiet();
    // While the death is not clear a copy may still turn up: the record says so.
    cluster.holdBackProposals(entry -> entry instanceof Entry.Answer);
    cluster.kill(first);
    replicate();
    MiniCluster.Run again = heir.nextRun();
    Reference other = heir.put(List.of());
    Reference value = heir.putStored(again, 1, 1000, other);
    heir.drop(value, heir.lastHandle());
    heir.drop(other, heir.lastHandle() - 1);
    heir.returns(again, List.of());
    owner.drop(result, 1);
    cluster.deliverHeldBack();
    quiet();
    cluster.expectNothingLeft();
  }

  /// A copy was to be freed, and waited for the heirs. Its parent, executed again, put the value
  /// again meanwhile, and a copy of the same name: the new one went, or another worker's that was
  /// counted on (seed 7002486).
  @Test
  void aCopyThatIsPutAgainIsNotFreedByWhatHasWaited() {
    declareFull();
    Reference result = owner.submit(TaskSpec.Terms.DEFAULT, List.of());
    MiniCluster.Node first = second.runs.isEmpty() ? third : second;
    MiniCluster.Run run = first.nextRun();
    Reference value = first.putStored(run, 0, 1000);
    quiet();
    cluster.heirsCutOff = true;
    first.drop(value, first.lastHandle());
    first.putStored(run, 0, 1000);
    cluster.heirsCutOff = false;
    quiet();
    assertThat(first.deleted).containsExactly(new CopyName(value, 1, first.id));
    first.on(new Event.Get(1, value));
    assertThat(first.got.get(1L)).isInstanceOf(Outcome.Stored.class);
    first.on(new Event.ReadDone(1));
    first.drop(value, first.lastHandle());
    first.returns(run, List.of());
    owner.drop(result, 1);
    quiet();
    cluster.expectNothingLeft();
  }

  /// A task was cancelled while its push waited for the heirs, and called again: what the push
  /// would have handed on was held for it for ever (seed 20002988).
  @Test
  void aPushThatDoesNotLeaveSinceItsTaskIsCalledAnewHandsNothingOn() {
    declareFull();
    Reference argument = owner.submit(at(second), List.of());
    second.returns(second.nextRun(), List.of());
    quiet();
    cluster.heirsCutOff = true;
    Reference task = owner.submit(ONCE, List.of(argument));
    owner.on(new Event.Cancel(task, CancelMode.INTERRUPT, true));
    owner.rewindCalls();
    assertThat(owner.submit(at(second), List.of())).isEqualTo(argument);
    assertThat(owner.submit(ONCE, List.of(argument))).isEqualTo(task);
    assertThat(second.runs).isEmpty();
    assertThat(third.runs).isEmpty();
    cluster.heirsCutOff = false;
    quiet();
    MiniCluster.Node executor = second.runs.isEmpty() ? third : second;
    executor.returns(executor.nextRun(), List.of());
    assertThat(second.runs).isEmpty();
    assertThat(third.runs).isEmpty();
    owner.dropAll();
    quiet();
    cluster.expectNothingLeft();
  }

  /// A task that somebody waited for stood twice in the line for a place. After the death of its
  /// worker the entry that was left sent it where its home is not served.
  @Test
  void aTaskThatBeginsAgainGoesOnlyWhereItsHomeIsServed() {
    cluster.worker();
    declareFull();
    for (int i = 0; i < 3; i++) {
      owner.submit(TaskSpec.Terms.DEFAULT, List.of());
    }
    owner.submit(TaskSpec.Terms.DEFAULT, List.of());
    Reference wanted = owner.submit(TaskSpec.Terms.DEFAULT, List.of());
    owner.on(new Event.Get(1, wanted));
    MiniCluster.Node dies = second;
    returnsLate(dies);
    assertThat(dies.runs).singleElement().matches(run -> isOf(run, wanted));
    quiet();
    MiniCluster.Node heir = heirOf(dies);
    MiniCluster.Node other =
        cluster.nodes.values().stream()
            .filter(node -> node != owner && node != dies && node != heir)
            .findFirst()
            .orElseThrow();
    cluster.holdBack(Message.LeaseGrant.class);
    cluster.kill(dies);
    returnsLate(other);
    returnsLate(other);
    assertThat(other.runs).noneMatch(run -> isOf(run, wanted));
    cluster.deliverHeldBack();
    assertThat(heir.runs).anyMatch(run -> isOf(run, wanted));
  }

  /// A result told again to a successor had in it a value that its owner had put, handed on and
  /// told no heir of.
  @Test
  void aResultMayHoldWhatNoHeirKnewOf() {
    declareFull();
    MiniCluster.Node heir = heirOf(owner);
    MiniCluster.Node other = heir == second ? third : second;
    Reference kept = owner.submit(at(other), List.of());
    owner.submit(at(heir), List.of(kept));
    MiniCluster.Run holder = heir.nextRun();
    final long handle = heir.take(kept);
    MiniCluster.Run run = other.nextRun();
    replicate();
    cluster.heirsCutOff = true;
    Reference value = owner.put(List.of());
    owner.submit(at(other), List.of(value));
    cluster.holdBack(Message.EstateMessage.TaskReply.class);
    final long taken = other.take(value);
    other.returns(run, List.of(value));
    cluster.deliverNothingHeldBack();
    cluster.kill(owner);
    cluster.heirsCutOff = false;
    heir.on(new Event.Get(1, kept));
    assertThat(heir.got.get(1L)).isInstanceOf(Outcome.Inline.class);
    heir.on(new Event.ReadDone(1));
    heir.drop(kept, handle);
    other.drop(value, taken);
    heir.on(new Event.Finished(holder.execution(), new TaskOutcome.Cancelled(), 1));
    for (MiniCluster.Run left : List.copyOf(other.runs)) {
      other.on(new Event.Finished(left.execution(), new TaskOutcome.Cancelled(), 1));
    }
    quiet();
    cluster.expectNothingLeft();
  }

  /// An owner had answered with a value of which no heir knew. Long after its death, when the
  /// successor had begun to free, a holder handed the answer on to it, with a reference in it that
  /// nobody had told the successor (seed 52009078).
  @Test
  void whatADeadOwnerAnsweredIsNotHandedOn() {
    declareFull();
    MiniCluster.Node heir = heirOf(owner);
    MiniCluster.Node reader = heir == second ? third : second;
    cluster.heirsCutOff = true;
    Reference outer = owner.put(List.of(owner.put(List.of())));
    owner.submit(at(reader), List.of(outer));
    final long read = reader.take(outer);
    reader.on(new Event.Await(1, List.of(outer), 1));
    assertThat(reader.awaited).containsKey(1L);
    reader.returns(reader.nextRun(), List.of());
    cluster.kill(owner);
    cluster.heirsCutOff = false;
    quiet();
    Reference result = reader.submit(at(heir), List.of(), outer);
    reader.on(new Event.Get(2, result));
    assertThat(reader.got.get(2L))
        .asInstanceOf(InstanceOfAssertFactories.type(Outcome.Failed.class))
        .matches(failed -> failed.failure().kind() == Failure.Kind.OWNER_DIED);
    reader.drop(result, reader.lastHandle());
    reader.drop(outer, read);
    quiet();
    cluster.expectNothingLeft();
  }

  /// A task waited for the heirs before it began where its owner is. Its argument was lost
  /// meanwhile, and what stood inside given up; it began with the lost one, and held what nobody
  /// held any more (seed 61001321).
  @Test
  void aTaskThatHasWaitedToBeginSeeksAnArgumentThatWasLostMeanwhile() {
    cluster.worker();
    cluster.worker();
    declareFull();
    MiniCluster.Node maker =
        cluster.nodes.values().stream()
            .filter(node -> node != owner && node != second && node != heirOf(second))
            .filter(node -> heirOf(node) != second)
            .findFirst()
            .orElseThrow();
    Reference argument = second.submit(at(maker), List.of());
    Reference inner = maker.put(List.of());
    maker.returnsStored(maker.nextRun(), 1000, inner);
    maker.drop(inner, maker.lastHandle());
    quiet();
    cluster.heirsCutOff = true;
    Placement here = new Placement.OnWorker(second.id);
    TaskSpec.Terms onceHere = new TaskSpec.Terms(Demand.ONE_CPU, 0, List.of(), 0, here);
    Reference result = second.submit(onceHere, List.of(), argument);
    assertThat(second.runs).isEmpty();
    cluster.kill(maker);
    cluster.heirsCutOff = false;
    cluster.holdBackFetches();
    quiet();
    assertThat(second.view().foreign(inner)).isNull();
    second.on(new Event.Get(1, result));
    assertThat(second.got.get(1L)).isInstanceOf(Outcome.Failed.class);
    second.dropAll();
    quiet();
    cluster.expectNothingLeft();
  }

  /// A reply was sent again to a successor that had no record of the task, and gave back at once
  /// what stood in it. A reader had it from the dead owner, and its registration came later (seed
  /// 61016203).
  @Test
  void whatAReplyToADeadOwnerBroughtIsHeldUntilItsReadersHaveRegistered() {
    declareFull();
    MiniCluster.Node heir = heirOf(owner);
    MiniCluster.Node reader = heir == second ? third : second;
    MiniCluster.Node maker = cluster.worker();
    replicate();
    cluster.heirsCutOff = true;
    Reference outer = owner.submit(at(maker), List.of());
    owner.submit(at(reader), List.of(outer));
    Reference inner = maker.put(List.of());
    maker.returns(maker.nextRun(), List.of(inner));
    maker.drop(inner, maker.lastHandle());
    final long outerHandle = reader.take(outer);
    reader.on(new Event.Get(1, outer));
    final long innerHandle = reader.take(inner);
    reader.on(new Event.ReadDone(1));
    reader.returns(reader.nextRun(), List.of());
    cluster.holdBack(Message.EstateMessage.Registration.class);
    cluster.kill(owner);
    cluster.heirsCutOff = false;
    quiet();
    cluster.deliverHeldBack();
    reader.on(new Event.Get(2, inner));
    assertThat(reader.got.get(2L)).isInstanceOf(Outcome.Inline.class);
    reader.on(new Event.ReadDone(2));
    reader.drop(inner, innerHandle);
    reader.drop(outer, outerHandle);
    quiet();
    cluster.expectNothingLeft();
  }

  /// A task that took so long that no worker is given a second one ahead.
  private static void returnsLate(MiniCluster.Node node) {
    TaskOutcome outcome = new TaskOutcome.Returned(List.of(MiniCluster.inline(List.of())));
    node.on(new Event.Finished(node.nextRun().execution(), outcome, SECOND));
  }

  private static boolean isOf(MiniCluster.Run run, Reference result) {
    return run.spec().id().equals(result.object().task());
  }
}
