package dev.deed.transport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.lineage.WorkerId;
import dev.deed.transport.store.Neighbours.Neighbour;
import dev.deed.transport.store.PullResult.Failed;
import dev.deed.transport.store.PullResult.Reason;
import dev.deed.transport.store.PullResult.Stored;
import dev.deed.transport.store.TransferCounters.Count;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pulling values over loopback, with what can go wrong on the way.
class TransferTest {
  private static final TransferConfig CONFIG = TransferConfig.defaults().withStallNs(400_000_000L);
  private static final int MIB = 1 << 20;

  private final Set<Thread> before = threads();
  private final long openBefore = openSocketsAndFiles();
  private final Neighbours net = new Neighbours();

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("(deed|test)-.*"))
        .collect(Collectors.toCollection(HashSet::new));
  }

  /// Sockets, and files of stores, that this process has open; 0 where the system doesn't tell.
  private static long openSocketsAndFiles() {
    warmUp();
    File[] descriptors = new File("/proc/self/fd").listFiles();
    return descriptors == null
        ? 0
        : Arrays.stream(descriptors).filter(TransferTest::isSocketOrValue).count();
  }

  /// The first socket that is closed makes the system library keep one for itself.
  private static void warmUp() {
    try (ServerSocketChannel listener = Neighbours.listen()) {
      SocketChannel.open(listener.getLocalAddress()).close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isSocketOrValue(File descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor.toPath()).toString();
      return target.startsWith("socket:") || target.contains("-w00000000");
    } catch (IOException _) {
      return false; // the descriptor of the listing itself
    }
  }

  @AfterEach
  void nothingRemains() throws Exception {
    net.close();
    Set<Thread> left = threads();
    left.removeAll(before);
    for (Thread thread : left) {
      thread.join(1000); // an executor has ended a little before its last thread
    }
    left.removeIf(thread -> !thread.isAlive());
    assertThat(left).isEmpty();
    assertThat(openSocketsAndFiles()).isLessThanOrEqualTo(openBefore);
  }

  private static PullResult get(CompletableFuture<PullResult> pull) throws Exception {
    return pull.get(30, TimeUnit.SECONDS);
  }

  private static CompletableFuture<PullResult> pull(
      Neighbour to, StoredCopy copy, WorkerId... holders) {
    return to.client.pull(copy.key(), copy.size(), copy.digest(), List.of(holders));
  }

  private static void awaitChunks(TransferCounters counters, int count) {
    while (counters.get(Count.CHUNKS_RECEIVED) < count) {
      Thread.onSpinWait();
    }
  }

  private static void assertArrived(Neighbour at, StoredCopy copy, byte[] bytes) throws Exception {
    assertThat(ByteBuffer.wrap(Samples.read(at.store, copy.key())))
        .isEqualTo(ByteBuffer.wrap(bytes));
  }

  private static Reason reason(PullResult result) {
    assertThat(result).isInstanceOf(Failed.class);
    return ((Failed) result).reason();
  }

  @Test
  void valuesOfEverySizeArrive() throws Exception {
    Neighbour holder = net.add(1, CONFIG);
    Neighbour taker = net.add(2, CONFIG);
    for (int size : new int[] {0, 1, 65_537, MIB - 1, MIB, MIB + 1, 9 * MIB + 5}) {
      byte[] bytes = Samples.bytes(size, size);
      StoredCopy copy = Samples.put(holder.store, Samples.key(size), bytes);
      assertThat(get(pull(taker, copy, holder.id))).isEqualTo(new Stored(copy));
      assertArrived(taker, copy, bytes);
      assertThat(get(pull(taker, copy, holder.id))).isEqualTo(new Stored(copy));
    }
    assertThat(holder.server.counters().get(Count.CHUNKS_COMPRESSED)).isZero();
    assertThat(taker.client.counters().get(Count.CHUNKS_RECEIVED)).isEqualTo(4 + 2 + 10);
  }

  @Test
  void filesArriveAndOnTheSameHostAreLinked(@TempDir Path root) throws Exception {
    FileStore here = new FileStore(root.resolve("r"), "a", Samples.worker(1), 1 << 30);
    FileStore beside = new FileStore(root.resolve("r"), "a", Samples.worker(2), 1 << 30);
    FileStore elsewhere = new FileStore(root.resolve("r"), "b", Samples.worker(3), 1 << 30);
    Neighbour holder = net.add(1, here, CONFIG);
    Neighbour same = net.add(2, beside, CONFIG);
    Neighbour other = net.add(3, elsewhere, CONFIG);
    byte[] bytes = Samples.bytes(1, 5 * MIB + 9);
    StoredCopy copy = Samples.put(here, Samples.key(1), bytes);
    assertThat(get(pull(same, copy, holder.id))).isEqualTo(new Stored(copy));
    assertThat(get(pull(other, copy, holder.id))).isEqualTo(new Stored(copy));
    assertThat(same.client.counters().get(Count.VALUES_LINKED)).isEqualTo(1);
    assertThat(other.client.counters().get(Count.BYTES_RECEIVED)).isEqualTo(bytes.length);
    here.delete(copy.key());
    assertArrived(same, copy, bytes);
    assertArrived(other, copy, bytes);
  }

  @Test
  void manyPullsShareTheConnections() throws Exception {
    Neighbour holder = net.add(1, CONFIG);
    Neighbour taker = net.add(2, CONFIG);
    List<CompletableFuture<PullResult>> pulls = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      byte[] bytes = Samples.bytes(i, 100_000 + i);
      pulls.add(pull(taker, Samples.put(holder.store, Samples.key(i), bytes), holder.id));
    }
    for (int i = 0; i < 60; i++) {
      assertThat(get(pulls.get(i))).isInstanceOf(Stored.class);
      assertThat(Samples.read(taker.store, Samples.key(i)))
          .isEqualTo(Samples.bytes(i, 100_000 + i));
    }
    assertThat(holder.server.counters().get(Count.REFUSED)).isZero();
  }

  @Test
  void aPullGoesOnWhereItWasCut() throws Exception {
    Neighbour holder = net.add(1, CONFIG);
    Neighbour taker = net.add(2, CONFIG);
    byte[] bytes = Samples.bytes(1, 12 * MIB + 77);
    StoredCopy copy = Samples.put(holder.store, Samples.key(1), bytes);
    Random random = new Random(42);
    try (FaultyProxy proxy =
        new FaultyProxy(
            net.address(holder.id), _ -> FaultyProxy.cutAfter(random.nextInt(4 * MIB)))) {
      net.reachThrough(holder.id, proxy.address());
      // One connection in four brings no block; failures in between are forgiven.
      assertThat(get(pull(taker, copy, holder.id))).isEqualTo(new Stored(copy));
      assertThat(proxy.connections()).isGreaterThan(4);
    }
    assertThat(taker.client.counters().get(Count.CHUNKS_RECEIVED)).isEqualTo(13);
    assertArrived(taker, copy, bytes);
  }

  @Test
  void cutsAtEveryPlaceOfTheFirstAnswerAreSurvived() throws Exception {
    Neighbour holder = net.add(1, CONFIG);
    byte[] bytes = Samples.bytes(1, 200_000);
    StoredCopy copy = Samples.put(holder.store, Samples.key(1), bytes);
    int whole = ChunkProtocol.HEAD_BYTES + bytes.length;
    Neighbour taker = net.add(2, CONFIG);
    var address = net.address(holder.id);
    for (int cut : new int[] {0, 1, 4, 31, 32, 33, 4096, 100_000, whole - 1}) {
      try (FaultyProxy proxy =
          new FaultyProxy(address, n -> n == 0 ? FaultyProxy.cutAfter(cut) : FaultyProxy.none())) {
        net.reachThrough(holder.id, proxy.address());
        assertThat(get(pull(taker, copy, holder.id))).isEqualTo(new Stored(copy));
        assertThat(proxy.connections()).isGreaterThan(1);
      }
      assertArrived(taker, copy, bytes);
      taker.store.delete(copy.key());
    }
  }

  @Test
  void aSecondHolderFinishesWhatADyingOneBegan() throws Exception {
    Neighbour dying = net.add(1, CONFIG);
    Neighbour living = net.add(2, CONFIG);
    Neighbour taker = net.add(3, CONFIG);
    byte[] bytes = Samples.bytes(1, 10 * MIB);
    StoredCopy copy = Samples.put(dying.store, Samples.key(1), bytes);
    Samples.put(living.store, Samples.key(1), bytes);
    try (FaultyProxy proxy =
        new FaultyProxy(net.address(dying.id), n -> FaultyProxy.cutAfter(n == 0 ? 5 * MIB : 0))) {
      net.reachThrough(dying.id, proxy.address());
      assertThat(get(pull(taker, copy, dying.id, living.id))).isEqualTo(new Stored(copy));
    }
    assertArrived(taker, copy, bytes);
    assertThat(taker.client.counters().get(Count.CHUNKS_RECEIVED)).isEqualTo(10);
    living.stopServing(); // has counted all that it sent
    assertThat(living.server.counters().get(Count.CHUNKS_SENT)).isEqualTo(6);
  }

  @Test
  void twoHoldersShareALargeValue() throws Exception {
    Neighbour one = net.add(1, CONFIG);
    Neighbour two = net.add(2, CONFIG);
    Neighbour taker = net.add(3, CONFIG);
    byte[] bytes = Samples.bytes(1, 40 * MIB + 3);
    StoredCopy copy = Samples.put(one.store, Samples.key(1), bytes);
    Samples.put(two.store, Samples.key(1), bytes);
    assertThat(get(pull(taker, copy, one.id, two.id))).isEqualTo(new Stored(copy));
    assertArrived(taker, copy, bytes);
    assertThat(one.server.counters().get(Count.CHUNKS_SENT)).isPositive();
    assertThat(two.server.counters().get(Count.CHUNKS_SENT)).isPositive();
    assertThat(taker.client.counters().get(Count.CHUNKS_RECEIVED)).isEqualTo(41);
  }

  @Test
  void aSilentHolderIsLeftForTheNext() throws Exception {
    Neighbour silent = net.add(1, CONFIG);
    Neighbour living = net.add(2, CONFIG);
    Neighbour taker = net.add(3, CONFIG);
    byte[] bytes = Samples.bytes(1, 4 * MIB);
    StoredCopy copy = Samples.put(silent.store, Samples.key(1), bytes);
    Samples.put(living.store, Samples.key(1), bytes);
    try (FaultyProxy proxy =
        new FaultyProxy(
            net.address(silent.id), n -> FaultyProxy.silentAfter(n == 0 ? MIB + 5000 : 5000))) {
      net.reachThrough(silent.id, proxy.address());
      assertThat(get(pull(taker, copy, silent.id, living.id))).isEqualTo(new Stored(copy));
      assertArrived(taker, copy, bytes);
      taker.store.delete(copy.key());
      living.store.delete(copy.key());
      PullResult alone = get(pull(taker, copy, silent.id, living.id));
      assertThat(reason(alone)).isEqualTo(Reason.UNREACHABLE);
      assertThat(taker.store.usedBytes()).isZero();
    }
  }

  @Test
  void aTrickleIsNoProgress() throws Exception {
    Neighbour holder = net.add(1, CONFIG);
    Neighbour taker = net.add(2, CONFIG);
    StoredCopy copy = Samples.put(holder.store, Samples.key(1), Samples.bytes(1, 2 * MIB));
    try (FaultyProxy proxy =
        new FaultyProxy(
            net.address(holder.id),
            _ ->
                (_, bytes) -> {
                  bytes.limit(bytes.position() + 1);
                  Thread.sleep(100);
                  return true;
                })) {
      net.reachThrough(holder.id, proxy.address());
      assertThat(reason(get(pull(taker, copy, holder.id)))).isEqualTo(Reason.UNREACHABLE);
    }
  }

  @Test
  void aBitFlippedAnywhereIsFound() throws Exception {
    Neighbour holder = net.add(1, CONFIG);
    Neighbour second = net.add(2, CONFIG);
    Neighbour taker = net.add(3, CONFIG);
    byte[] bytes = Samples.bytes(1, MIB + 500);
    StoredCopy copy = Samples.put(holder.store, Samples.key(1), bytes);
    Samples.put(second.store, Samples.key(1), bytes);
    var address = net.address(holder.id);
    Random random = new Random(3);
    for (int round = 0; round < 20; round++) {
      int at = round < 10 ? random.nextInt(ChunkProtocol.HEAD_BYTES) : random.nextInt(bytes.length);
      try (FaultyProxy proxy = new FaultyProxy(address, _ -> FaultyProxy.flipAt(at))) {
        net.reachThrough(holder.id, proxy.address());
        assertThat(get(pull(taker, copy, holder.id, second.id))).isEqualTo(new Stored(copy));
      }
      assertArrived(taker, copy, bytes);
      taker.store.delete(copy.key());
    }
    TransferCounters seen = taker.client.counters();
    assertThat(seen.get(Count.MALFORMED)).isPositive();
    assertThat(seen.get(Count.CORRUPT_CHUNKS)).isPositive();
  }

  @Test
  void holdersThatDoNotHaveItAreToldApart() throws Exception {
    Neighbour holder = net.add(1, CONFIG);
    Neighbour taker = net.add(2, CONFIG);
    StoredCopy copy = Samples.put(holder.store, Samples.key(1), Samples.bytes(1, 100_000));
    StoredCopy never = new StoredCopy(Samples.key(2), 100_000, 1);
    StoredCopy other = new StoredCopy(Samples.key(1), 100_000, copy.digest() + 1);
    WorkerId unknown = Samples.worker(9);
    assertThat(reason(get(pull(taker, never, holder.id)))).isEqualTo(Reason.ABSENT);
    assertThat(reason(get(pull(taker, other, holder.id)))).isEqualTo(Reason.ABSENT);
    assertThat(reason(get(pull(taker, never, unknown)))).isEqualTo(Reason.UNREACHABLE);
    assertThat(reason(get(pull(taker, never)))).isEqualTo(Reason.ABSENT);
    assertThat(get(pull(taker, copy, unknown, holder.id))).isEqualTo(new Stored(copy));
    assertThat(reason(get(taker.client.pull(Samples.key(3), -1, 0, List.of(holder.id)))))
        .isEqualTo(Reason.REFUSED);
    assertThat(reason(get(taker.client.pull(Samples.key(3), 1L << 31, 0, List.of(holder.id)))))
        .isEqualTo(Reason.OUT_OF_SPACE);
  }

  @Test
  void aCancelledPullEndsAndLeavesNothing() throws Exception {
    TransferConfig one =
        new TransferConfig(1, 10, 2, 4, 4, 16, 5_000_000_000L, 1_000_000_000L, 100_000_000L);
    Neighbour holder = net.add(1, one);
    Neighbour taker = net.add(2, one);
    StoredCopy copy = Samples.put(holder.store, Samples.key(1), Samples.bytes(1, 8 * MIB));
    StoredCopy next = Samples.put(holder.store, Samples.key(2), Samples.bytes(2, MIB));
    StoredCopy last = Samples.put(holder.store, Samples.key(3), Samples.bytes(3, MIB));
    var address = net.address(holder.id);
    try (FaultyProxy proxy = new FaultyProxy(address, _ -> FaultyProxy.silentAfter(2 * MIB))) {
      net.reachThrough(holder.id, proxy.address());
      CompletableFuture<PullResult> running = pull(taker, copy, holder.id);
      CompletableFuture<PullResult> joined = pull(taker, copy, holder.id);
      CompletableFuture<PullResult> waiting = pull(taker, next, holder.id);
      CompletableFuture<PullResult> after = pull(taker, last, holder.id);
      assertThat(joined).isSameAs(running);
      assertThat(taker.client.cancel(next.key())).isTrue();
      assertThat(reason(get(waiting))).isEqualTo(Reason.CANCELLED);
      while (taker.client.counters().get(Count.CHUNKS_RECEIVED) == 0) {
        Thread.onSpinWait();
      }
      net.reachThrough(holder.id, address);
      long start = System.nanoTime();
      assertThat(taker.client.cancel(copy.key())).isTrue();
      assertThat(reason(get(running))).isEqualTo(Reason.CANCELLED);
      assertThat(get(after)).isEqualTo(new Stored(last));
      assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
    }
    assertThat(taker.client.cancel(copy.key())).isFalse();
    assertThat(taker.store.list()).containsExactly(last);
    assertThat(taker.store.usedBytes()).isEqualTo(MIB);
  }

  @Test
  void toCancelTheFutureIsToCancelThePull() throws Exception {
    Neighbour holder = net.add(1, CONFIG);
    Neighbour taker = net.add(2, CONFIG);
    StoredCopy copy = Samples.put(holder.store, Samples.key(1), Samples.bytes(1, 2 * MIB));
    try (FaultyProxy proxy =
        new FaultyProxy(net.address(holder.id), _ -> FaultyProxy.silentAfter(100))) {
      net.reachThrough(holder.id, proxy.address());
      pull(taker, copy, holder.id).cancel(true);
      while (taker.client.cancel(copy.key())) {
        Thread.onSpinWait();
      }
    }
    assertThat(taker.store.usedBytes()).isZero();
  }

  @Test
  void aHolderPassesOnWhatIsStillArriving() throws Exception {
    TransferConfig patient = TransferConfig.defaults();
    Neighbour root = net.add(1, patient);
    Neighbour middle = net.add(2, patient);
    Neighbour leaf = net.add(3, patient);
    byte[] bytes = Samples.bytes(1, 12 * MIB);
    StoredCopy copy = Samples.put(root.store, Samples.key(1), bytes);
    try (FaultyProxy proxy =
        new FaultyProxy(net.address(root.id), _ -> FaultyProxy.slow(16 << 10))) {
      net.reachThrough(root.id, proxy.address());
      CompletableFuture<PullResult> first = pull(middle, copy, root.id);
      awaitChunks(middle.client.counters(), 1);
      CompletableFuture<PullResult> second = pull(leaf, copy, middle.id);
      awaitChunks(leaf.client.counters(), 1);
      assertThat(first).isNotDone();
      assertThat(get(first)).isEqualTo(new Stored(copy));
      assertThat(get(second)).isEqualTo(new Stored(copy));
    }
    assertArrived(leaf, copy, bytes);
    root.stopServing(); // has counted all that it sent
    assertThat(root.server.counters().get(Count.CHUNKS_SENT)).isEqualTo(12);
  }

  @Test
  void twoThatWaitForEachOtherBothFail() throws Exception {
    Neighbour one = net.add(1, CONFIG);
    Neighbour two = net.add(2, CONFIG);
    StoredCopy copy = new StoredCopy(Samples.key(1), 3 * MIB, 5);
    CompletableFuture<PullResult> first = pull(one, copy, two.id);
    CompletableFuture<PullResult> second = pull(two, copy, one.id);
    assertThat(reason(get(first))).isIn(Reason.ABSENT, Reason.UNREACHABLE);
    assertThat(reason(get(second))).isIn(Reason.ABSENT, Reason.UNREACHABLE);
  }

  @Test
  void aSlowLinkIsWorthCompressing() throws Exception {
    Neighbour holder = net.add(1, TransferConfig.defaults());
    Neighbour taker = net.add(2, TransferConfig.defaults());
    byte[] text = Samples.text(48 * MIB);
    byte[] noise = Samples.bytes(2, 12 * MIB);
    StoredCopy compressible = Samples.put(holder.store, Samples.key(1), text);
    StoredCopy incompressible = Samples.put(holder.store, Samples.key(2), noise);
    try (FaultyProxy proxy =
        new FaultyProxy(net.address(holder.id), _ -> FaultyProxy.slow(32 << 10))) {
      net.reachThrough(holder.id, proxy.address());
      assertThat(get(pull(taker, compressible, holder.id))).isEqualTo(new Stored(compressible));
      assertArrived(taker, compressible, text);
      long compressed = holder.server.counters().get(Count.CHUNKS_COMPRESSED);
      assertThat(compressed).isGreaterThan(24);
      assertThat(get(pull(taker, incompressible, holder.id))).isEqualTo(new Stored(incompressible));
      assertArrived(taker, incompressible, noise);
      assertThat(holder.server.counters().get(Count.CHUNKS_COMPRESSED)).isEqualTo(compressed);
    }
  }

  @Test
  void closingEndsAllPulls() throws Exception {
    Neighbour holder = net.add(1, CONFIG);
    Neighbour taker = net.add(2, CONFIG);
    List<CompletableFuture<PullResult>> pulls = new ArrayList<>();
    try (FaultyProxy proxy =
        new FaultyProxy(net.address(holder.id), _ -> FaultyProxy.silentAfter(100))) {
      net.reachThrough(holder.id, proxy.address());
      for (int i = 0; i < 10; i++) {
        byte[] bytes = Samples.bytes(i, 100_000);
        pulls.add(pull(taker, Samples.put(holder.store, Samples.key(i), bytes), holder.id));
      }
      taker.client.close();
      for (CompletableFuture<PullResult> pull : pulls) {
        assertThat(reason(get(pull))).isEqualTo(Reason.CANCELLED);
      }
      assertThat(reason(get(pull(taker, new StoredCopy(Samples.key(1), 1, 1), holder.id))))
          .isEqualTo(Reason.REFUSED);
    }
  }
}
