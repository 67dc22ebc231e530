package dev.deed.futures.runtime;

import dev.deed.ClusterUnavailableException;
import dev.deed.DeedConfig;
import dev.deed.DeedException;
import dev.deed.JobException;
import dev.deed.MemoryReport;
import dev.deed.lineage.Demand;
import dev.deed.lineage.EstateId;
import dev.deed.lineage.Mixing;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Effects;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Event;
import dev.deed.ownership.Formers;
import dev.deed.ownership.Job;
import dev.deed.ownership.Member;
import dev.deed.ownership.Message;
import dev.deed.ownership.StoredObject;
import dev.deed.ownership.heirs.EstateImage;
import dev.deed.ownership.heirs.HeirMessage;
import dev.deed.ownership.heirs.HeirsConfig;
import dev.deed.ownership.membership.Contact;
import dev.deed.ownership.membership.MembershipConfig;
import dev.deed.transport.group.HeirChannel;
import dev.deed.transport.group.LivenessLock;
import dev.deed.transport.link.ConnectionKind;
import dev.deed.transport.link.LinkListener;
import dev.deed.transport.link.LinkOptions;
import dev.deed.transport.link.TcpLinks;
import dev.deed.transport.store.FileStore;
import dev.deed.transport.store.PullResult;
import dev.deed.transport.store.TransferClient;
import dev.deed.transport.store.TransferConfig;
import dev.deed.transport.store.TransferServer;
import dev.deed.transport.value.ClassVersion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// One worker of a cluster in this process: its port, links, membership, store, and the runtime
/// that they surround.
final class ClusterNode implements Surroundings, AutoCloseable {
  /*
   * Threads: whoever drains the core writes to the links and flushes them at the end of a batch, if this
   * worker holds its lease; else what was written waits.  Readers of links hand messages to the core and
   * drain it themselves.  Membership has a thread and links of its own.  Record logs travel over JGroups, with
   * a thread for each heir; there is no such channel where nothing is to survive its owner.
   */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /// Longest wait for the log to say what became of a job, or that its driver is dead.
  static final Duration AGREEMENT = Duration.ofSeconds(8);

  /// Longest wait for the log to say that this worker has left.
  private static final Duration FAREWELL = Duration.ofMillis(500);

  private final ClusterPorts ports;
  private final LivenessLock lock;
  private final FileStore store;
  private final SharedCopies copies;
  private final TransferServer server;
  private final TransferClient client;
  private final TcpLinks links;
  private final InquiryServer inquiries;
  private final boolean driver;
  private final ProgramCode program;
  private final ShippedJobs shipped;
  private final JobBook book = new JobBook();
  private final Outgoing outgoing;
  private final EraWindow eraWindow;
  private final Incoming incoming;
  private final Optional<HeirLine> heirs;
  private final MembershipPort membership;
  private final WorkerRuntime runtime;
  private final Optional<JournalHeir> journal;

  /// Stored values that the journal had kept, served by the store of this process.
  private final List<StoredObject> stored;

  private final CompletableFuture<Void> joined = new CompletableFuture<>();

  /// Whether the estate that a journal had kept is served here.
  private final CompletableFuture<Void> resumed = new CompletableFuture<>();

  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private final Consumer<Entry> watcher;

  /// From here on nothing that is heard of the cluster matters here.
  private volatile boolean closing;

  /// What a worker is made of.
  ///
  /// @param cluster the cluster's name
  /// @param directory of the cluster on this host
  /// @param driver whether it runs no tasks of others
  /// @param resources what it offers besides processors and memory
  /// @param journal where the job of a driver is kept, if it is
  record Plan(
      WorkerId id,
      String cluster,
      byte[] secret,
      Path directory,
      DeedConfig config,
      int port,
      boolean driver,
      Map<String, Double> resources,
      Optional<JournalPlan> journal) {
    /// One whose job has no journal.
    Plan(
        WorkerId id,
        String cluster,
        byte[] secret,
        Path directory,
        DeedConfig config,
        int port,
        boolean driver,
        Map<String, Double> resources) {
      this(id, cluster, secret, directory, config, port, driver, resources, Optional.empty());
    }
  }

  /// A worker that is not a member yet. `watcher` is told of each entry of the membership log.
  ClusterNode(Plan plan, Consumer<Entry> watcher) throws IOException {
    this(plan, LinkOptions.defaults(), MessageLimits.DEFAULT, watcher);
  }

  /// The same, with other bounds of the links between cores and of messages.
  ClusterNode(Plan plan, LinkOptions bounds, MessageLimits limits, Consumer<Entry> watcher)
      throws IOException {
    this.watcher = watcher;
    DeedConfig config = plan.config();
    lock = LivenessLock.hold(plan.directory(), plan.id());
    ports =
        ClusterPorts.open(
            plan.id(),
            plan.cluster(),
            plan.secret(),
            plan.directory(),
            new InetSocketAddress(config.bind(), plan.port()));
    Member self = member(plan);
    store =
        new FileStore(
            FileStore.defaultRoot(), plan.cluster(), plan.id(), Math.max(1, config.storeBytes()));
    copies = new SharedCopies(store);
    server = new TransferServer(store, TransferConfig.defaults());
    TransferConfig transfers = TransferConfig.defaults();
    client =
        new TransferClient(
            store,
            ports,
            // A journal copies values, too.
            plan.journal().isPresent()
                ? transfers.withClient(transfers.activePulls(), transfers.connectionsPerPeer() - 1)
                : transfers);
    ports.endpoint().handle(ConnectionKind.BULK, server::serve);
    TaskId root = TaskId.root(Mixing.mix(plan.id().high()), Mixing.mix(plan.id().low()));
    JournalHeir.About begun = new JournalHeir.About(new EstateId(plan.id()), root);
    journal = plan.journal().map(kept -> JournalHeir.openOrCreate(kept, begun));
    stored = journal.isPresent() ? journal.get().keepValues(store, ports) : List.of();
    JournalHeir.About job = journal.map(JournalHeir::about).orElse(begun);
    HeirsConfig keeping =
        plan.driver()
            ? CoreConfigs.driver(config, journal.isPresent())
            : CoreConfigs.worker(config);
    runtime =
        new WorkerRuntime(
            self,
            CoreConfigs.of(config, plan.driver() ? 0 : config.workerCpus(), limits, keeping),
            limits,
            job.main(),
            job.estate(),
            Codecs.ofProgram(),
            plan.driver() ? Optional.empty() : Optional.of(new ShippedCode()),
            copies,
            config.checkImmutability(),
            _ -> this);
    driver = plan.driver();
    program = new ProgramCode(plan.driver() ? System.getProperty("java.class.path") : "");
    shipped =
        new ShippedJobs(
            runtime.program(),
            new CodeSource(plan.id(), book, ports::client),
            ClusterDirectory.code(plan.directory(), plan.id()),
            book::isOver,
            book::isAway);
    inquiries = new InquiryServer(this::answer);
    ports.endpoint().handle(ConnectionKind.CLIENT, inquiries);
    eraWindow = new EraWindow(bounds.softBytes(), this::resume);
    incoming = new Incoming(limits, eraWindow);
    links =
        TcpLinks.open(
            ports.endpoint(), ports.connector(), ConnectionKind.LINK, bounds, new CoreLinks());
    outgoing = new Outgoing(links, runtime.gate());
    heirs = heirs(keeping, limits);
    membership =
        new MembershipPort(
            self, MembershipConfig.of(config.leaseLength().toNanos()), ports, new Followed());
    runtime.start();
    membership.start();
  }

  private Optional<HeirLine> heirs(HeirsConfig config, MessageLimits limits) {
    if (config.count() == 0) {
      return Optional.empty();
    }
    // A record is little more than the specification or the value in it.
    int longest = Math.toIntExact(limits.messageBytes() / 4 * 5);
    return Optional.of(
        new HeirLine(
            receiver ->
                HeirChannel.open(
                    ports.cluster(), ports.endpoint(), ports.connector(), longest, receiver),
            runtime.driver()::publish,
            this::outOfCluster));
  }

  private Member member(Plan plan) {
    DeedConfig config = plan.config();
    Map<String, Double> offered = new java.util.TreeMap<>(plan.resources());
    if (!plan.driver()) {
      offered.put(Demand.CPU, (double) config.workerCpus());
      offered.put(Demand.MEMORY, (double) config.workerMemory());
    }
    Contact contact = ports.contact();
    return new Member(
        plan.id(),
        config.hostId().orElse("local"),
        contact.host(),
        contact.port(),
        ProcessHandle.current().pid(),
        plan.driver(),
        Demand.of(offered));
  }

  /// Founds a cluster.
  void found() {
    membership.found();
  }

  /// Joins the cluster of which a worker listens at `address`. Throws [dev.deed.ConnectException].
  void join(InetSocketAddress address) {
    membership.join(ports.ask(address));
  }

  /// Waits until this worker is a member. Throws [ClusterUnavailableException] when that does not
  /// come.
  void awaitJoined(Duration timeout) {
    try {
      joined.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new ClusterUnavailableException(String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new ClusterUnavailableException(
          "this worker did not become a member within " + timeout.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new dev.deed.InterruptedGetException("interrupted while joining", e);
    }
  }

  /// Keeps the job in its journal from here on, if it has one. What was kept of it before is served
  /// here again when this returns, as the job of this name if it has one. Throws
  /// [ClusterUnavailableException] when that does not come, and [JobException] when it can't be in
  /// this cluster.
  ///
  /// @return whether anything had been kept
  boolean beginJournal(Optional<String> name, Duration timeout) {
    if (journal.isEmpty()) {
      return false;
    }
    JournalHeir kept = journal.get();
    kept.start(runtime.driver()::publish, this::stopped);
    Optional<EstateImage> image = kept.restored();
    if (image.isEmpty()) {
      return false;
    }
    JournalHeir.About job = kept.about();
    List<WorkerId> former = new ArrayList<>(Formers.of(image.get()));
    former.remove(job.estate().creator());
    if (book.hasMet(job.estate(), former)) {
      throw new JobException(
          "the journal's job can't be resumed in this cluster, which has known it before: start the"
              + " cluster's workers anew",
          null);
    }
    long epoch = image.get().epoch() + 1;
    runtime.driver().publish(new Event.ImageRead(job.estate(), image.get(), job.main(), stored));
    Entry.Refounded.Named named =
        name.map(one -> new Entry.Refounded.Named(one, job.main())).orElse(null);
    membership.propose(new Entry.Refounded(job.estate(), epoch, runtime.id(), former, named));
    try {
      resumed.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof DeedException why
          ? why
          : new ClusterUnavailableException(String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new ClusterUnavailableException(
          "the job's estate could not be served again within " + timeout.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new dev.deed.InterruptedGetException("interrupted while resuming", e);
    }
    return true;
  }

  /// The job can't go on here.
  private void stopped(RuntimeException why) {
    runtime.driver().stop(Answer.Stopped.because(why));
    joined.completeExceptionally(why);
    resumed.completeExceptionally(why);
  }

  @Override
  public void noticed(Effects.Report report) {
    switch (report.kind()) {
      case INHERITED -> resumed.complete(null);
      default -> {}
    }
  }

  WorkerRuntime runtime() {
    return runtime;
  }

  MembershipPort membership() {
    return membership;
  }

  ClusterPorts ports() {
    return ports;
  }

  /// Bytes for other cores that they have not acknowledged.
  long unacknowledgedBytes() {
    return links.statistics().unacknowledgedBytes();
  }

  /// What waits of `sender` because this worker is behind it in the membership log, in bytes.
  long waitingForLog(WorkerId sender) {
    return eraWindow.waiting(sender);
  }

  /// Completes with the reason when this worker is no member any more.
  CompletableFuture<String> ended() {
    return ended;
  }

  // --- jobs -------------------------------------------------------------------------------------

  /// Makes this process the driver of a job, which it begins or resumes; one that begins has an
  /// heir then. Throws [JobException] when that can't be, and [ClusterUnavailableException] when
  /// the cluster does not agree in time.
  Job drive(DeedConfig.Job wanted, Duration patience) {
    book.awaitFree(wanted, patience);
    WorkerId self = runtime.id();
    membership.propose(
        wanted.resumed()
            ? new Entry.JobResumed(wanted.name(), self)
            : new Entry.JobBegun(wanted.name(), self, runtime.main().task()));
    book.await(() -> drives(wanted) || book.refusal(wanted).isPresent(), AGREEMENT);
    if (drives(wanted)) {
      return wanted.resumed() ? driven(wanted) : begun(wanted);
    }
    throw book.refusal(wanted)
        .<DeedException>map(why -> new JobException(why, null))
        .orElseGet(() ->
            new ClusterUnavailableException(
                "the cluster did not take the job within " + AGREEMENT.toSeconds() + " s", null));
  }

  private boolean drives(DeedConfig.Job wanted) {
    return book.named(wanted.name()).filter(job -> job.driver().equals(runtime.id())).isPresent();
  }

  private Job driven(DeedConfig.Job wanted) {
    return book.named(wanted.name()).orElseThrow();
  }

  /// A job that could not outlive its driver is none.
  private Job begun(DeedConfig.Job wanted) {
    try {
      return drivenWithHeir(wanted);
    } catch (JobException e) {
      endJob(driven(wanted));
      throw e;
    }
  }

  /// The job that this process drives and whose estate it serves, once an heir has its records:
  /// what it calls before that would not outlive this driver. Throws [JobException] when none
  /// comes; the job is not ended then, since its journal may have much of it.
  Job drivenWithHeir(DeedConfig.Job wanted) {
    // The core is told before the book.
    book.await(() -> drives(wanted), AGREEMENT);
    Job job = driven(wanted);
    if (!book.await(() -> book.hasHeir(job), AGREEMENT)) {
      throw new JobException(
          "no worker took a copy of the records of job '"
              + job.name()
              + "' within "
              + AGREEMENT.toSeconds()
              + " s: start the cluster's workers with --durability async or sync",
          null);
    }
    return job;
  }

  /// Ends the job that this process drives, as far as the cluster agrees in time.
  void endJob(Job job) {
    membership.propose(new Entry.JobEnded(job.name(), job.estate(), runtime.id()));
    book.await(() -> !isThere(job), AGREEMENT);
  }

  private boolean isThere(Job job) {
    return book.named(job.name()).filter(now -> now.estate().equals(job.estate())).isPresent();
  }

  private void dropJob(String name) throws Inquiry.RefusedException {
    Job job =
        book.named(name)
            .orElseThrow(() -> new Inquiry.RefusedException("there is no job '" + name + "'"));
    // A driver that has just ended may not have been found dead.
    book.await(() -> !isThere(job) || !book.isDriven(current(job)), AGREEMENT);
    Job last = current(job);
    if (isThere(job) && book.isDriven(last)) {
      throw new Inquiry.RefusedException(
          "job '" + name + "' is run by driver " + last.driver().brief() + ": end its program");
    }
    membership.propose(new Entry.JobEnded(name, job.estate(), runtime.id()));
    if (!book.await(() -> !isThere(job), AGREEMENT)) {
      throw new Inquiry.RefusedException("the cluster did not agree in time: try again");
    }
  }

  private Job current(Job job) {
    return book.named(job.name()).orElse(job);
  }

  // --- questions --------------------------------------------------------------------------------

  private InquiryServer.Reply answer(Question question) throws IOException {
    return switch (question) {
      case Question.Membership _ -> InquiryServer.Reply.of(membershipNow().toBytes());
      case Question.Memory _ -> {
        byte[] report = ReportCodec.write(MemoryReports.of(runtime));
        yield InquiryServer.Reply.of(report);
      }
      case Question.CodeParts asked -> {
        List<CodePart> parts = driver ? ownParts(asked) : shipped.parts(asked);
        yield InquiryServer.Reply.of(CodePart.write(parts));
      }
      case Question.CodePart(var digest) -> driver ? program.part(digest) : shipped.part(digest);
      case Question.Jobs _ -> InquiryServer.Reply.of(JobReports.write(book));
      case Question.DropJob(String name) -> {
        dropJob(name);
        yield InquiryServer.Reply.of(new byte[0]);
      }
    };
  }

  private List<CodePart> ownParts(Question.CodeParts asked) throws IOException {
    if (!runtime.program().has(asked.classes())) {
      throw new Inquiry.RefusedException("the driver's program has other classes");
    }
    return program.parts(asked.known());
  }

  private ClusterQuestions.Membership membershipNow() {
    return runtime.look(view ->
        new ClusterQuestions.Membership(view.log().followed(), List.copyOf(view.log().members())));
  }

  /// What is in the tables of all members. Throws [ClusterUnavailableException] that names those
  /// that do not answer.
  MemoryReport clusterMemory() {
    List<MemoryReport> reports = new ArrayList<>();
    reports.add(MemoryReports.of(runtime));
    List<Member> others =
        membershipNow().members().stream()
            .filter(member -> !member.id().equals(runtime.id()))
            .toList();
    reports.addAll(ClusterQuestions.memory(others, ports::client));
    return ClusterQuestions.sum(reports);
  }

  private void resume(WorkerId sender) {
    links.resume(sender);
  }

  /// The code of jobs, which is there as soon as this is made.
  private final class ShippedCode implements Jobs {
    @Override
    public JobCode of(WorkerId job) {
      return shipped.of(job);
    }

    @Override
    public JobCode of(WorkerId job, List<ClassVersion> classes) {
      return shipped.of(job, classes);
    }
  }

  // --- what the core orders ---------------------------------------------------------------------

  @Override
  public void send(WorkerId to, long era, Message message) {
    outgoing.send(to, era, message);
  }

  @Override
  public void replicate(WorkerId to, HeirMessage message) {
    if (journal.isPresent() && journal.get().id().equals(to)) {
      journal.get().replicate(message);
      return;
    }
    // A worker without a lease says nothing; what it would say now, its log says again.
    if (membership.mayAct()) {
      heirs.ifPresent(line -> line.send(to, message));
    }
  }

  @Override
  public long replicatedBytes() {
    return heirs.map(HeirLine::sentBytes).orElse(0L);
  }

  @Override
  public void propose(Entry entry) {
    membership.propose(entry);
  }

  @Override
  public void closeLink(WorkerId peer) {
    links.close(peer);
    outgoing.close(peer);
    incoming.close(peer);
    eraWindow.close(peer);
    server.forget(peer);
  }

  @Override
  public void fetch(long fetch, CopyName copy, long size, long digest, List<WorkerId> holders) {
    var _ =
        client
            .pull(SharedCopies.key(copy), size, digest, holders)
            .whenComplete((result, failure) -> {
              boolean ok = failure == null && result instanceof PullResult.Stored;
              runtime.driver().publish(new Event.Fetched(fetch, ok));
            });
  }

  @Override
  public void delete(CopyName copy) {
    client.cancel(SharedCopies.key(copy));
    copies.delete(copy);
  }

  @Override
  public void endOfBatch(boolean more) {
    outgoing.endOfBatch();
    if (membership.mayAct()) {
      if (more || runtime.executor().hasQueued()) {
        links.flushSoon();
      } else {
        links.flush();
      }
    }
  }

  /// Messages between cores.
  private final class CoreLinks implements LinkListener {
    @Override
    public void received(WorkerId from, WireReader message) {
      incoming.read(from, message).ifPresent(runtime.driver()::enqueue);
    }

    @Override
    public boolean wantsMore(WorkerId peer) {
      return eraWindow.wantsMore(peer);
    }

    @Override
    public void receivedBatchEnd(WorkerId from) {
      runtime.driver().drain();
    }

    @Override
    public void drained(WorkerId peer) {
      // The end of any batch sends what waits.
      runtime.driver().publish(new Event.Tick());
    }

    @Override
    public void connected(WorkerId peer) {
      // A hint that nothing depends on.
    }

    @Override
    public void disconnected(WorkerId peer, String why) {
      // Membership's own link to the peer notices as well, and probes.
    }
  }

  /// What the membership log says.
  private final class Followed implements MembershipPort.Listener {
    @Override
    public void follow(long index, Entry entry) {
      // First: the core may have tasks of the next driver executed as soon as it knows of that.
      Runnable renewed = entry instanceof Entry.JobResumed resumed ? renew(resumed) : () -> {};
      runtime.driver().publish(new Event.EntryFollowed(index, entry));
      eraWindow.follow(index);
      book.follow(index, entry);
      switch (entry) {
        case Entry.Death(WorkerId dead, _, _) -> {
          shipped.endOver();
          heirs.ifPresent(line -> line.forget(dead));
        }
        case Entry.JobBegun begun -> {
          if (!runtime.self().driver()) {
            shipped.expect(begun.driver());
          }
        }
        case Entry.JobResumed _ -> renewed.run();
        case Entry.JobEnded _, Entry.Close _ -> shipped.endOver();
        default -> {
          // Nothing here depends on it.
        }
      }
      watcher.accept(entry);
    }

    private Runnable renew(Entry.JobResumed resumed) {
      return book.named(resumed.name())
          .map(job -> shipped.renew(job.estate().creator()))
          .orElse(() -> {});
    }

    @Override
    public void learn(Contact contact) {
      InetSocketAddress address = new InetSocketAddress(contact.host(), contact.port());
      links.peer(contact.worker(), address);
      heirs.ifPresent(line -> line.peer(contact.worker(), address));
    }

    @Override
    public void joined() {
      joined.complete(null);
    }

    @Override
    public void leaseRegained() {
      runtime.driver().publish(new Event.Tick());
    }

    @Override
    public void unavailable(String reason, boolean forEver) {
      // The end of a worker is told by its process, which knows whether somebody wanted it.
      if (!closing && (runtime.self().driver() || !forEver)) {
        System.getLogger("dev.deed")
            .log(System.Logger.Level.WARNING, "The cluster is unavailable: " + reason);
      }
      if (forEver) {
        ended(reason);
      }
    }

    @Override
    public void ended(String reason) {
      outOfCluster(reason);
    }
  }

  /// This worker can't do its part any more.
  private void outOfCluster(String reason) {
    if (closing) {
      return;
    }
    runtime.driver().stop(Answer.Stopped.outOfCluster(reason));
    joined.completeExceptionally(new IllegalStateException(reason));
    ended.complete(reason);
  }

  /// Ends this worker, which leaves its cluster; returns when its threads, files and ports are
  /// gone.
  @Override
  public void close() throws IOException {
    closing = true;
    inquiries.close();
    List<String> left = runtime.close(System.nanoTime() + GRACE.toNanos());
    if (!left.isEmpty()) {
      System.getLogger("dev.deed")
          .log(System.Logger.Level.WARNING, "Tasks ignore their interrupt and go on, on " + left);
    }
    // Nothing acts any more. Before the links end, so that who loses them finds the proof; nobody
    // needs it to whom this worker can say so itself.
    lock.release();
    membership.leave(FAREWELL);
    membership.close();
    heirs.ifPresent(HeirLine::close);
    if (journal.isPresent()) {
      journal.get().close();
    }
    shipped.close();
    program.close();
    links.close();
    client.close();
    server.close();
    ports.close();
    store.close();
  }
}
