package dev.deed.ownership;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Keeping;
import dev.deed.lineage.Reference;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The protocol core of one worker: it takes events and gives effects, and decides everything about
/// references (architecture.md §4). This class only routes; each part has its own file.
///
/// Single-threaded: one caller at a time, whichever thread that is. It never calls the clock, and
/// never blocks.
public final class WorkerCore {
  private final CoreContext context;
  private final OwnershipTable table;
  private final Streams streams;
  private final Holders holders;
  private final StoreIndex store;
  private final Lineages lineages;
  private final Tasks tasks;
  private final TaskStops stops;
  private final TaskLeases leases;
  private final Locations locations;
  private final Values values;
  private final Fetches fetches;
  private final Replicas replicas;
  private final Reads reads;
  private final Awaits awaits;
  private final Executions executions;
  private final LeaseGrants grants;
  private final Barrier barrier;
  private final Eras eras;
  private final Images images;
  private final Heirs heirs;
  private final RollCalls rollCalls;
  private final Takeovers takeovers;
  private final Inheritance inheritance;
  private final Homes homes;
  private final Families families;
  private final RemoteHome remoteHome;
  private final Set<WorkerId> notClear = new LinkedHashSet<>();
  private boolean declaredDead;

  /// A core that has followed nothing yet. `self` becomes a member when its own join is followed;
  /// until then it can do what needs no other worker.
  public WorkerCore(Member self, CoreConfig config, Effects effects) {
    context = new CoreContext(self, config, effects);
    store = new StoreIndex(context);
    streams = new Streams(context);
    table = new OwnershipTable(context, store);
    holders = new Holders(context, streams, table);
    lineages = new Lineages(context, table, holders);
    tasks = new Tasks(context, table, holders, lineages);
    stops = new TaskStops(context, table, tasks);
    leases = new TaskLeases(context, tasks);
    grants = new LeaseGrants(context, leases);
    locations = new Locations(context, table, store);
    values = new Values(context, table, holders, locations, leases, this::outcome);
    fetches = new Fetches(context, store, streams);
    replicas = new Replicas(context, table, fetches, values);
    reads = new Reads(context, holders, store, fetches);
    awaits = new Awaits(context);
    executions = new Executions(context, holders, streams, store, fetches, tasks, stops, grants);
    barrier = new Barrier(context, streams, fetches);
    eras = new Eras(context);
    images = new Images(context);
    heirs = new Heirs(context, executions);
    rollCalls = new RollCalls(executions, store, holders, images);
    takeovers = new Takeovers(context, rollCalls);
    homes = new Homes(context, streams, table);
    families = new Families(context, table, streams, stops, values);
    remoteHome = new RemoteHome(context, holders, streams, store);
    executions.connect(takeovers);
    inheritance =
        new Inheritance(
            context, table, streams, holders, tasks, stops, locations, values, images, families,
            homes, heirs);
    streams.connect(this::applyHere);
    Recovery recovery = new Recovery(context, table, tasks);
    recovery.connect(values);
    table.connect(holders, lineages);
    tasks.connect(values, leases, executions, homes, replicas);
    stops.connect(executions);
    locations.connect(replicas, recovery, values);
    fetches.connect(values, locations);
    reads.connect(values);
    awaits.connect(values);
    store.onEviction(fetches::evicted);
  }

  /// Applies one event at the time `nowNs` of a clock that only rises. Acknowledgements that it
  /// makes due wait for [#endOfBatch()].
  public void on(long nowNs, Event event) {
    context.now(nowNs);
    apply(event);
    context.finish();
  }

  /// Ends a batch of events: what has been applied is acknowledged, once for each sender. To be
  /// called after one event or many, before the effects are carried out.
  public void endOfBatch() {
    do {
      streams.flush();
      if (context.gate.endBatch()) {
        heirs.sent();
      }
    } while (context.finish());
    if (barrier.owes()) {
      barrier.settle();
    }
    if (!context.estates.inherited().isEmpty()) {
      heirs.watch();
    }
  }

  /// When the next [Event.Tick] has something to do; [Long#MAX_VALUE] for never.
  public long nextDueNs() {
    return context.nextDueNs();
  }

  /// A look at the state, for checkers and reports. Valid until the next event.
  public CoreView view() {
    return new CoreView(
        context,
        table,
        streams,
        holders,
        store,
        lineages,
        tasks,
        leases,
        values,
        fetches,
        reads,
        awaits,
        executions,
        barrier,
        eras,
        images,
        takeovers);
  }

  private void apply(Event event) {
    if (declaredDead && !(event instanceof Event.Finished)) {
      return;
    }
    switch (event) {
      case Event.Submit e -> submit(e);
      case Event.Put e -> put(e);
      case Event.HandlesAdded e -> handlesAdded(e);
      case Event.HandleDropped e -> holders.letGo(e.reference(), new Cause.Handle(e.handle()));
      case Event.Get e -> reads.get(e.request(), e.reference());
      case Event.GetAbandoned e -> reads.abandon(e.request());
      case Event.ReadDone e -> reads.done(e.request());
      case Event.Await e -> awaits.await(e.request(), e.references(), e.count());
      case Event.AwaitEnded e -> awaits.end(e.request());
      case Event.Cancel e -> cancel(e);
      case Event.Reserve e -> context.effects.reserved(e.request(), store.reserve(e.bytes()));
      case Event.ReserveReturned e -> store.unreserve(e.bytes());
      case Event.Finished e -> executions.finished(e);
      case Event.Blocked e -> executions.blocked(e.execution());
      case Event.Unblocked e -> executions.unblocked(e.execution());
      case Event.Fetched e -> fetches.fetched(e.fetch(), e.ok());
      case Event.Arrived e -> arrived(e);
      case Event.Replicated e -> replicated(e.from(), e.message());
      case Event.JournalOpened e -> heirs.journal(e.estate(), e.journal());
      case Event.ImageRead e -> {
        images.restored(e.estate(), e.image(), e.main());
        e.here().forEach(store::lent);
      }
      case Event.EntryFollowed e -> follow(e.index(), e.entry());
      case Event.Tick _ -> tick();
      case Event.Batch e -> e.events().forEach(this::apply);
    }
  }

  private void submit(Event.Submit event) {
    if (remoteHome.is(event.home())) {
      remoteHome.submit(event.home(), event.spec(), event.handles());
    } else {
      tasks.submit(home(event.home()), event.spec(), event.handles());
    }
  }

  private void put(Event.Put event) {
    if (remoteHome.is(event.home())) {
      remoteHome.put(event);
    } else {
      tasks.put(home(event.home()), event, store);
    }
  }

  /// The estate that gets a call: a task is executed only where its home is served.
  private Estate home(EstateId id) {
    return Invariants.present(context.estates.of(id), "home of an execution");
  }

  private void handlesAdded(Event.HandlesAdded event) {
    List<Reference> references = event.references();
    for (int i = 0; i < references.size(); i++) {
      holders.hold(references.get(i), new Cause.Handle(event.handles()[i]));
    }
  }

  private void cancel(Event.Cancel event) {
    if (context.serves(event.reference())) {
      stops.cancel(event.reference(), event.mode(), event.recursive());
    } else {
      streams.send(
          event.reference().estate(),
          new Message.EstateMessage.CancelObject(
              event.reference().object(), event.mode(), event.recursive()));
    }
  }

  /// A waiter of this worker is told.
  private void outcome(Waiter waiter, Reference reference, Outcome outcome) {
    switch (waiter) {
      case Waiter.OfGet(long request) -> reads.deliver(request, outcome);
      case Waiter.OfTask(TaskRecord task) -> tasks.argumentDone(task);
      case Waiter.OfAwait(Awaits.Await await, int position) -> awaits.done(await, position);
      case Waiter.OfFetch(Reference fetched) -> fetches.news(fetched, outcome);
      case Waiter.OfAsker _ -> throw new IllegalStateException("askers are answered by Values");
    }
  }

  // --- messages ---------------------------------------------------------------------------------

  private void arrived(Event.Arrived event) {
    if (context.log.dead(event.from())) {
      return;
    }
    if (eras.admit(event.from(), event.era(), event.message())) {
      receive(event.from(), event.message());
    }
  }

  private void receive(WorkerId from, Message message) {
    switch (message) {
      case Message.LeaseRequest m -> grants.requested(from, m, executions.queued());
      case Message.LeaseGrant m -> leases.granted(from, m);
      case Message.LeaseDenied m -> leases.denied(from, m);
      case Message.LeaseBlocked m -> leases.blocked(from, m.lease(), m.blocked());
      case Message.LeaseReturn m -> grants.returned(from, m.lease());
      case Message.TaskPush m -> executions.pushed(from, m);
      case Message.TaskCancel m ->
          executions.cancel(m.estate(), m.task(), m.attempt(), m.mode(), m.recursive());
      case Message.ToEstate m -> toEstate(from, m);
      case Message.EstateAck m ->
          streams.acknowledge(m.estate(), m.through(), holders::acknowledged);
      case Message.ValueRequest m -> {
        EstateId estate = m.reference().estate();
        if (takeovers.holds(estate)) {
          takeovers.defer(estate, () -> values.asked(from, m));
        } else {
          values.asked(from, m);
        }
      }
      case Message.ValueAnswer m -> values.answered(m);
      case Message.PinCopy m -> locations.pinRequested(from, m.copy(), streams);
      case Message.MakeCopy m ->
          fetches.keep(m.reference(), new Outcome.Stored(m.value(), m.holders()));
      case Message.FreeCopy m -> {
        values.freed(m.copy());
        store.free(m.copy());
      }
      case Message.RollCall m -> {
        takeovers.called(from, m);
        settleTakeovers();
      }
      case Message.MainDiffers m -> tasks.mainDiffers(m.how());
    }
  }

  private void toEstate(WorkerId from, Message.ToEstate message) {
    if (takeovers.holds(message.estate())) {
      takeovers.defer(message.estate(), () -> toEstate(from, message));
      return;
    }
    Estate estate = context.estates.of(message.estate());
    if (estate == null) {
      if (context.log.closed(message.estate())) {
        // It was given up while the message came: what that brought is not kept.
        release(null, from, message.message());
      } else {
        context.report(
            Effects.Report.Kind.PROTOCOL_VIOLATION,
            from.brief() + " speaks to estate " + message.estate() + ", which is not served here");
      }
      return;
    }
    switch (streams.arrive(estate, from, message.number())) {
      case NEXT -> apply(estate, from, message.message());
      case REPEATED -> release(estate, from, message.message());
      case REFUSED -> {}
    }
  }

  /// Applies what this worker has to say to an estate that it serves itself.
  private void applyHere(EstateId id, Message.EstateMessage message, Runnable after) {
    if (takeovers.holds(id)) {
      takeovers.defer(id, () -> applyHere(id, message, after));
      return;
    }
    Estate estate = context.estates.of(id);
    if (estate != null) {
      apply(estate, context.id, message);
    }
    after.run();
  }

  private void apply(Estate estate, WorkerId from, Message.EstateMessage message) {
    switch (message) {
      case Message.EstateMessage.Registration m ->
          holders.registered(estate, from, m.object(), m.hold());
      case Message.EstateMessage.ReleaseKeeping m ->
          holders.released(estate, from, m.number(), m.kept());
      case Message.EstateMessage.Located m ->
          locations.located(from, estate.reference(m.object()), m.value(), m.primary());
      case Message.EstateMessage.Unlocated m ->
          locations.unlocated(
              from, new CopyName(estate.reference(m.object()), m.edition(), m.writer()));
      case Message.EstateMessage.Declined m ->
          replicas.declined(
              from, new CopyName(estate.reference(m.object()), m.edition(), m.writer()), m.full());
      case Message.EstateMessage.CancelObject m ->
          stops.cancel(estate.reference(m.object()), m.mode(), m.recursive());
      case Message.EstateMessage.TaskReply m -> replied(estate, from, m);
      case Message.EstateMessage.Unsettled m ->
          families.unsettled(estate, m.parent(), m.owner(), from);
      case Message.EstateMessage.Settled m -> families.settled(estate, m.parent());
      case Message.EstateMessage.Settling m -> homes.settling(estate, m.parent(), m.home());
      case Message.EstateMessage.Call m ->
          mainDid(
              estate, from, m, m.spec().carried(), claim -> tasks.call(estate, m.spec(), claim));
      case Message.EstateMessage.PutValue m ->
          mainDid(
              estate,
              from,
              m,
              m.outcome().references(),
              claim ->
                  tasks.put(
                      estate,
                      m.object(),
                      m.parent(),
                      m.outcome(),
                      m.origin(),
                      m.copies(),
                      Keeping.ESTATE,
                      claim));
    }
  }

  /// The results are recorded, and hold what is inside them, before anything is released.
  private void replied(Estate estate, WorkerId from, Message.EstateMessage.TaskReply reply) {
    boolean here = from.equals(context.id);
    List<Reference> inside = Executions.inside(reply.outcome());
    Receipt receipt = here ? null : holders.receive(from, reply.number(), inside);
    TaskRecord task = estate.tasks.get(reply.task());
    if (task != null && estate.epoch != EstateDirectory.FIRST_EPOCH) {
      tasks.joined(task, from, reply.attempt());
    }
    boolean accepted =
        tasks.ended(from, task, reply.attempt(), reply.outcome(), reply.durationNs());
    if (!accepted) {
      tasks.refuse(from, estate.id, reply.task(), reply.outcome());
    }
    if (reply.released() != 0) {
      holders.released(estate, from, reply.released(), reply.kept());
    }
    if (receipt != null) {
      finish(estate, receipt);
    } else if (here && reply.number() != 0) {
      estate.whenFrees(() -> holders.takeBack(context.estates.own, reply.number()));
    }
  }

  /// The main of a resumed job, which runs at `from`, has called or put something.
  ///
  /// @param carried references that came with the message
  /// @param done makes the records, and tells how they differ from those that are there
  private void mainDid(
      Estate estate,
      WorkerId from,
      Message.EstateMessage message,
      List<Reference> carried,
      Function<Claim, Optional<String>> done) {
    Receipt receipt = holders.receive(from, message.handing(), carried);
    for (Reference reference : carried) {
      if (reference.estate().equals(estate.id)) {
        // The sender may hold what an earlier server had told of, and no heir.
        tasks.asItWas(estate, reference.object());
      }
    }
    done.apply((record, _) -> families.claimed(estate, record, from))
        .ifPresent(how -> context.send(from, new Message.MainDiffers(estate.id, how)));
    finish(estate, receipt);
  }

  /// A message that is not applied, since the server before this one had applied it, or it came too
  /// late: what it brought has been given to this worker, and is to be released by it.
  private void release(@Nullable Estate estate, WorkerId from, Message.EstateMessage message) {
    List<Reference> carried =
        switch (message) {
          case Message.EstateMessage.TaskReply m -> Executions.inside(m.outcome());
          case Message.EstateMessage.Call m -> m.spec().carried();
          case Message.EstateMessage.PutValue m -> m.outcome().references();
          default -> List.of();
        };
    finish(estate, holders.receive(from, message.handing(), carried));
  }

  /// What a message to an estate was for has ended when the heirs know what it told.
  private void finish(@Nullable Estate estate, @Nullable Receipt receipt) {
    if (receipt == null) {
      return;
    }
    Runnable finish = () -> context.gate.after(() -> holders.finish(receipt));
    if (estate == null) {
      finish.run();
    } else {
      estate.whenFrees(finish);
    }
  }

  private void replicated(WorkerId from, HeirMessage message) {
    if (context.log.dead(from)) {
      return;
    }
    if (message instanceof HeirMessage.Part part) {
      images.arrived(from, part);
    } else {
      heirs.arrived(from, message);
    }
  }

  // --- the membership log and time --------------------------------------------------------------

  private void follow(long index, Entry entry) {
    boolean changed = context.log.apply(index, entry);
    switch (entry) {
      case Entry.Join(Member member) -> {
        if (changed) {
          leases.followJoin(member);
          replicas.followJoin();
          heirs.follow();
        }
      }
      case Entry.Death(WorkerId worker, _, String reason) -> {
        if (changed) {
          followDeath(index, worker, reason);
        }
      }
      case Entry.Answer(WorkerId worker, long through) -> {
        if (worker.equals(context.id)) {
          barrier.seen(through);
        }
      }
      case Entry.Heirs _ -> {
        if (changed) {
          images.follow();
          heirs.follow();
        }
      }
      case Entry.Close(EstateId estate, _) -> {
        if (changed) {
          followClose(estate);
        }
      }
      case Entry.JobEnded(_, EstateId estate, _) -> {
        if (changed) {
          families.jobEnded(estate);
        }
      }
      case Entry.JobBegun _, Entry.JobResumed _ -> {}
      case Entry.Refounded refounded -> {
        if (changed) {
          followRefounded(index, refounded);
        }
      }
      case Entry.Mark _, Entry.Voters _ -> {}
    }
    clear();
    eras.followed(this::receive);
  }

  private void followDeath(long index, WorkerId dead, String reason) {
    if (dead.equals(context.id)) {
      declaredDead = true;
      context.report(Effects.Report.Kind.DECLARED_DEAD, reason);
      return;
    }
    notClear.add(dead);
    eras.forget(dead);
    streams.forget(dead);
    context.effects.closeLink(dead);
    takeovers.followDeath(dead);
    List<EstateDirectory.Succession> successions = context.log.successions();
    Set<EstateId> served = new LinkedHashSet<>();
    for (EstateDirectory.Succession succession : successions) {
      served.add(succession.estate());
      passOn(succession);
    }
    values.followDeath(dead);
    values.followServers(served);
    grants.followDeath(dead);
    executions.stopClosed();
    holders.followDeath(dead, served);
    fetches.freeClosed();
    leases.followDeath(dead);
    locations.followDeath(dead);
    stops.followDeath(dead);
    families.followClosed();
    families.followServers(served);
    families.followDeath(dead);
    homes.followServers(served);
    for (EstateDirectory.Succession succession : successions) {
      callRoll(index, succession);
    }
    images.follow();
    heirs.follow();
    context.finish();
    barrier.followed(index, dead, takeovers.estates());
    settleTakeovers();
  }

  /// An estate of an earlier cluster is served here, by somebody. Nobody here has anything of it,
  /// or of those who died with that cluster; the server's core is told as of any succession.
  private void followRefounded(long index, Entry.Refounded refounded) {
    WorkerId creator = refounded.estate().creator();
    notClear.add(creator);
    notClear.addAll(refounded.former());
    List<EstateDirectory.Succession> successions = context.log.successions();
    for (EstateDirectory.Succession succession : successions) {
      callRoll(index, succession);
    }
    heirs.follow();
    context.finish();
    barrier.followed(index, creator, takeovers.estates());
    settleTakeovers();
  }

  /// An estate has another server, or none any more. That one hears first what the dead one has not
  /// acknowledged.
  private void passOn(EstateDirectory.Succession succession) {
    EstateId estate = succession.estate();
    WorkerId server = succession.server();
    if (server == null) {
      streams.forget(estate);
    } else if (!server.equals(context.id)) {
      streams.resend(estate, server, message -> again(message, server));
    }
  }

  /// A message that is sent again to a successor. What it hands on is given to that one, unless the
  /// dead server had released it: then its heirs know the message.
  private Message.EstateMessage again(Message.EstateMessage message, WorkerId server) {
    return message.handing() != 0 && !holders.giveTo(message.handing(), server)
        ? message.handingNone()
        : message;
  }

  private void callRoll(long death, EstateDirectory.Succession succession) {
    WorkerId server = succession.server();
    if (server == null) {
      return;
    }
    if (server.equals(context.id)) {
      takeovers.begin(succession.estate(), succession.epoch(), death);
    } else {
      context.send(server, rollCalls.of(succession.estate(), death));
    }
  }

  private void settleTakeovers() {
    takeovers.settle(takeover -> {
      families.inherited(inheritance.complete(takeover, this::applyHere));
      holders.inherited();
      heirs.follow();
      context.finish();
      barrier.inherited(takeover.estate);
    });
  }

  private void followClose(EstateId estate) {
    context.estates.remove(estate);
    heirs.forget(estate);
    streams.forget(estate);
    values.followServers(Set.of(estate));
    executions.stopClosed();
    families.followClosed();
    holders.closed(estate);
    fetches.freeClosed();
    images.follow();
    heirs.follow();
  }

  private void clear() {
    List<WorkerId> cleared = new ArrayList<>();
    for (WorkerId dead : notClear) {
      if (context.log.deathOf(dead) <= context.log.clear()) {
        cleared.add(dead);
      }
    }
    if (!cleared.isEmpty()) {
      cleared.forEach(notClear::remove);
      holders.clear(cleared);
      locations.cleared();
    }
    for (Estate estate : context.estates.inherited()) {
      if (!estate.frees() && estate.heldUntil <= context.log.clear()) {
        estate.free();
        estate.objects.forEach(table::settleLater);
        locations.freeStrays(estate);
        families.cleared(estate);
      }
    }
    if (!cleared.isEmpty()) {
      families.holdersCleared();
    }
  }

  private void tick() {
    Due due;
    while ((due = context.takeDue()) != null) {
      switch (due) {
        case Due.ReleaseDue(Receipt receipt) -> holders.releaseDue(receipt);
        case Due.RefetchDue(Reference reference, CopyName useless) ->
            fetches.again(reference, useless);
        case Due.CopyDue(ObjectRecord record, Replication copies) -> replicas.again(record, copies);
        case Due.LeaseDue(TaskLease lease) -> leases.idle(lease);
        case Due.ShapeDue(TaskLeases.Shape shape) -> leases.resume(shape);
        case Due.DeadlineDue(var estate, var task) -> stops.deadline(estate, task);
        case Due.AnswerDue(long through) -> barrier.repeat(through);
        case Due.CutDue _ -> context.gate.cutDue();
        case Due.HeirsDue _ -> heirs.due();
        case Due.RoomDue(StoreIndex.Wish wish) -> store.impatient(wish);
      }
    }
  }
}
