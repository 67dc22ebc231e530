package dev.deed.futures.runtime;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.deed.Deed;
import dev.deed.DeedConfig;
import dev.deed.transport.Threads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A driver and a worker that it has started, in one process: the worker hears of the driver's end
/// by its pipe and by membership, in each order.
@Timeout(30)
final class WorkerEndTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Logger LOGGER = Logger.getLogger("dev.deed");

  /// The task that ignores its interrupt runs, and may end.
  private static final CountDownLatch STARTED = new CountDownLatch(1);

  private static final CountDownLatch MAY_END = new CountDownLatch(1);

  /// Short, since a worker calls the voters' end a loss when its lease has run out.
  private final DeedConfig config =
      DeedConfig.load().workerCpus(1).leaseLength(Duration.ofSeconds(1)).storeBytes(1 << 20);

  private final DriverPipe driverPipe = new DriverPipe();
  private final Warnings warnings = new Warnings();
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  @TempDir Path folder;

  private Pipe pipe;
  private ClusterSecret secret;
  private Path directory;
  private ClusterNode driver;
  private ClusterNode worker;

  /// What the log says that is not for those who look for it.
  private static final class Warnings extends Handler {
    final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord entry) {
      if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
        told.add(entry.getMessage());
      }
    }

    @Override
    public void flush() {
      // Nothing is kept back.
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  @BeforeEach
  void found() throws IOException {
    LOGGER.addHandler(warnings);
    pipe = Pipe.open();
    secret = ClusterSecret.create(folder.resolve("secret"));
    directory = ClusterDirectory.create(secret.cluster());
    driver = node(true);
    driver.found();
    driver.awaitJoined(PATIENCE);
    worker = node(false);
    Thread.ofVirtual().start(() -> driverPipe.readToEnd(Channels.newInputStream(pipe.source())));
  }

  @AfterEach
  void end() throws IOException {
    pipe.sink().close();
    worker.close();
    driver.close();
    pipe.source().close();
    ClusterDirectory.removeIfUnused(directory);
    assertThat(directory).doesNotExist();
    LOGGER.removeHandler(warnings);
  }

  private ClusterNode node(boolean isDriver) throws IOException {
    return new ClusterNode(
        new ClusterNode.Plan(
            ClusterSession.newId(),
            secret.cluster(),
            secret.bytes(),
            directory,
            config,
            0,
            isDriver,
            Map.of()),
        _ -> {});
  }

  /// Has the worker serve on a thread of its own; the exit code of its process.
  private CompletableFuture<Integer> serve() {
    CompletableFuture<Integer> code = new CompletableFuture<>();
    PrintStream to = new PrintStream(errors, true, StandardCharsets.UTF_8);
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            var member = driver.ports().endpoint().address();
            code.complete(WorkerMain.serve(worker, member, driverPipe, to));
          } catch (RuntimeException | Error e) {
            code.completeExceptionally(e);
          }
        });
    return code;
  }

  private String said() {
    return errors.toString(StandardCharsets.UTF_8);
  }

  private void assertQuiet() {
    assertThat(said()).isEmpty();
    assertThat(warnings.told).isEmpty();
  }

  @Test
  void theVotersEndIsSeenBeforeThatOfThePipe() throws Exception {
    CompletableFuture<Integer> code = serve();
    worker.awaitJoined(PATIENCE);
    driver.close();
    assertThat(worker.ended().get(20, SECONDS)).contains("voters");
    pipe.sink().close();
    assertThat(code.get(20, SECONDS)).isZero();
    assertQuiet();
  }

  /// A task keeps the worker from closing until its lease has run out.
  @Test
  void theVotersEndIsSeenWhileTheWorkerCloses() throws Exception {
    CompletableFuture<Integer> code = serve();
    worker.awaitJoined(PATIENCE);
    Sessions.callIn(driver.runtime(), () -> Deed.run(WorkerEndTest::stay));
    assertThat(STARTED.await(20, SECONDS)).isTrue();
    pipe.sink().close();
    assertThat(code.get(20, SECONDS)).isZero();
    driver.close();
    worker.close();
    MAY_END.countDown();
    assertThat(worker.ended()).isNotDone();
    assertThat(said()).isEmpty();
    assertThat(warnings.told).allMatch(told -> told.startsWith("Tasks ignore their interrupt"));
  }

  private static void stay() {
    STARTED.countDown();
    Threads.await(MAY_END);
  }

  @Test
  void theDriverEndsBeforeItsWorkerJoins() throws Exception {
    driver.close();
    CompletableFuture<Integer> code = serve();
    pipe.sink().close();
    assertThat(code.get(20, SECONDS)).isZero();
    assertQuiet();
  }

  /// The pipe is open, so somebody still wants the worker.
  @Test
  void aRealLossOfAllVotersIsReported() throws Exception {
    CompletableFuture<Integer> code = serve();
    worker.awaitJoined(PATIENCE);
    driver.close();
    assertThat(code.get(20, SECONDS)).isEqualTo(WorkerMain.OUT_OF_CLUSTER);
    assertThat(said()).contains(worker.runtime().id().toString(), "voters", "have ended");
  }

  private static int seven() {
    return 7;
  }

  private int members() {
    return driver.runtime().look(view -> view.log().members().size());
  }

  @Test
  void theProcessOfAWorkerThatLostAllVotersEndsWithItsCode() throws Exception {
    WorkerProcess process =
        WorkerProcess.start(
            ClusterSession.newId(),
            secret.cluster(),
            directory,
            secret.file(),
            driver.ports().contact(),
            List.of(),
            config);
    try {
      CompletableFuture<Integer> code = new CompletableFuture<>();
      process.onExit(code::complete);
      await().atMost(PATIENCE).until(() -> members() == 2);
      // The driver knows of the member before the process does, which must have joined to lose.
      assertThat(Sessions.callIn(driver.runtime(), () -> Deed.submit(WorkerEndTest::seven).get()))
          .isEqualTo(7);
      driver.close();
      assertThat(code.get(20, SECONDS)).isEqualTo(WorkerMain.OUT_OF_CLUSTER);
    } finally {
      process.end();
      process.awaitEnd();
    }
  }
}
