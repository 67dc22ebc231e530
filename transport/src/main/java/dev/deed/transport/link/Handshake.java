package dev.deed.transport.link;

import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.transport.link.HandshakeException.Reason;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;

/// How two processes prove to each other, on a fresh connection, that they belong to one cluster.
/// Thread-safe: it has no state.
public final class Handshake {
  /*
   * Messages (fixed lengths, so that nothing is allocated by what a stranger says):
   *
   *   dialer   -> HELLO      magic, version | kind, any?, schema hash, cluster, dialer, acceptor, nonce
   *   acceptor -> CHALLENGE  magic, version, status | acceptor, nonce
   *   dialer   -> PROOF      HMAC(secret, role "dialer", HELLO CHALLENGE)
   *   acceptor -> VERDICT    status | HMAC(secret, role "acceptor", HELLO CHALLENGE)
   *
   * What stands behind a bar follows only if what stands before it is right. A status is 0, or the
   * code of a reason, after which the connection ends.
   *
   * Invariants: the acceptor proves nothing before the dialer has; the roles differ in the proofs, so
   * that one can't be sent back as the other; both nonces are in both, so that none can be replayed;
   * ids, cluster, versions and kind are in both, so that a middleman can change none.
   *
   * Failure: each end closes the channel and throws the reason.
   */

  /// Version of this dialogue and of the frames on links.
  public static final int VERSION = 1;

  /// Time within which a stranger must have proved itself.
  public static final Duration DEADLINE = Duration.ofSeconds(2);

  private static final int MAGIC = 0x44454544;
  private static final int NONCE_BYTES = 32;
  private static final int PROOF_BYTES = 32;
  private static final int PREFIX_BYTES = 5;
  private static final int HELLO_BYTES = PREFIX_BYTES + 2 + 8 + 3 * 16 + NONCE_BYTES;
  private static final int CHALLENGE_BYTES = PREFIX_BYTES + 1 + 16 + NONCE_BYTES;
  private static final byte DIALER = 1;
  private static final byte ACCEPTOR = 2;
  private static final WorkerId NOBODY = new WorkerId(0, 0);
  private static final SecureRandom RANDOM = new SecureRandom();

  /// Who has dialed, and what for.
  record Dialed(WorkerId peer, ConnectionKind kind) {}

  /// Says why a proven peer is not wanted; empty if it is.
  @FunctionalInterface
  interface Admission {
    Optional<String> refusal(WorkerId peer, ConnectionKind kind);
  }

  private record Hello(
      byte[] bytes,
      int kind,
      boolean any,
      long schemaHash,
      ClusterId cluster,
      WorkerId dialer,
      WorkerId acceptor) {}

  private Handshake() {}

  /// Speaks the dialer's part on a connected channel in blocking mode and returns who answered.
  /// `peer` is empty only for [ConnectionKind#CLIENT]. On any failure the channel is closed;
  /// [HandshakeException] tells what the other end, or this one, did not like.
  public static WorkerId dial(
      SocketChannel channel,
      Credentials credentials,
      WorkerId self,
      Optional<WorkerId> peer,
      ConnectionKind kind,
      Duration timeout)
      throws IOException {
    if (peer.isEmpty() && kind != ConnectionKind.CLIENT) {
      throw new IllegalArgumentException("only a CLIENT dials without knowing whom, not " + kind);
    }
    boolean done = false;
    try {
      TimedSocket io = new TimedSocket(channel, timeout);
      WorkerId answered = dial(io, credentials, self, peer, kind);
      io.release();
      done = true;
      return answered;
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  private static WorkerId dial(
      TimedSocket io,
      Credentials credentials,
      WorkerId self,
      Optional<WorkerId> peer,
      ConnectionKind kind)
      throws IOException {
    byte[] hello = hello(credentials, self, peer, kind);
    io.write(hello);
    byte[] head = io.read(PREFIX_BYTES + 1);
    checkPrefix(head);
    checkStatus(head[PREFIX_BYTES]);
    byte[] body = io.read(CHALLENGE_BYTES - head.length);
    WorkerId answered = WorkerId.read(new WireReader(body));
    if (peer.isPresent() && !peer.get().equals(answered)) {
      throw new HandshakeException(
          Reason.OTHER_WORKER, answered.brief() + " instead of " + peer.get().brief());
    }
    byte[] transcript = join(hello, head, body);
    io.write(credentials.prove(DIALER, transcript));
    checkStatus(io.read(1)[0]);
    if (!MessageDigest.isEqual(credentials.prove(ACCEPTOR, transcript), io.read(PROOF_BYTES))) {
      throw new HandshakeException(Reason.WRONG_SECRET, "the acceptor could not prove itself");
    }
    return answered;
  }

  /// Speaks the acceptor's part. On failure the dialer has been told why, as far as it can
  /// understand, and the caller closes the channel.
  static Dialed accept(
      SocketChannel channel,
      Credentials credentials,
      WorkerId self,
      Admission admission,
      Duration timeout)
      throws IOException {
    TimedSocket io = new TimedSocket(channel, timeout);
    byte[] prefix = io.read(PREFIX_BYTES);
    WireWriter challenge = new WireWriter(CHALLENGE_BYTES);
    writePrefix(challenge);
    Hello hello;
    ConnectionKind kind;
    try {
      checkPrefix(prefix);
      hello = readHello(prefix, io.read(HELLO_BYTES - PREFIX_BYTES));
      kind = checkHello(hello, credentials, self);
    } catch (HandshakeException e) {
      // A stranger that speaks something else gets no answer.
      if (e.reason() != Reason.GARBAGE && e.reason() != Reason.TIMEOUT) {
        challenge.writeByte(e.reason().code());
        refuse(io, challenge.toBytes(), e);
      }
      throw e;
    }
    challenge.writeByte(0);
    self.write(challenge);
    byte[] nonce = nonce();
    challenge.writeRaw(nonce, 0, nonce.length);
    io.write(challenge.toBytes());
    byte[] transcript = join(hello.bytes, challenge.toBytes());
    byte[] proof = io.read(PROOF_BYTES);
    if (!MessageDigest.isEqual(credentials.prove(DIALER, transcript), proof)) {
      throw refused(io, Reason.WRONG_SECRET, "claimed to be " + hello.dialer.brief());
    }
    Optional<String> refusal = admission.refusal(hello.dialer, kind);
    if (refusal.isPresent()) {
      throw refused(io, Reason.REFUSED, refusal.get());
    }
    io.write(join(new byte[1], credentials.prove(ACCEPTOR, transcript)));
    io.release();
    return new Dialed(hello.dialer, kind);
  }

  private static HandshakeException refused(TimedSocket io, Reason reason, String detail) {
    HandshakeException refusal = new HandshakeException(reason, detail);
    refuse(io, new byte[] {(byte) reason.code()}, refusal);
    return refusal;
  }

  /// Tells the dialer. If it can't be told, that is noted with the refusal, which counts more.
  private static void refuse(TimedSocket io, byte[] answer, HandshakeException refusal) {
    try {
      io.write(answer);
      io.part();
    } catch (IOException e) {
      refusal.addSuppressed(e);
    }
  }

  private static byte[] hello(
      Credentials credentials, WorkerId self, Optional<WorkerId> peer, ConnectionKind kind) {
    WireWriter out = new WireWriter(HELLO_BYTES);
    writePrefix(out);
    out.writeByte(kind.code());
    out.writeBoolean(peer.isEmpty());
    out.writeFixedLong(credentials.schemaHash());
    credentials.cluster().write(out);
    self.write(out);
    peer.orElse(NOBODY).write(out);
    byte[] nonce = nonce();
    out.writeRaw(nonce, 0, nonce.length);
    return out.toBytes();
  }

  private static Hello readHello(byte[] prefix, byte[] body) throws HandshakeException {
    WireReader in = new WireReader(body);
    int kind = in.readByte();
    int any = in.readByte();
    if (any > 1) {
      throw new HandshakeException(Reason.GARBAGE, "a truth value of " + any);
    }
    return new Hello(
        join(prefix, body),
        kind,
        any == 1,
        in.readFixedLong(),
        ClusterId.read(in),
        WorkerId.read(in),
        WorkerId.read(in));
  }

  private static ConnectionKind checkHello(Hello hello, Credentials credentials, WorkerId self)
      throws HandshakeException {
    if (hello.schemaHash != credentials.schemaHash()) {
      throw new HandshakeException(Reason.WRONG_VERSION, "their messages differ");
    }
    if (!hello.cluster.equals(credentials.cluster())) {
      throw new HandshakeException(Reason.WRONG_CLUSTER, hello.cluster.toString());
    }
    ConnectionKind kind =
        ConnectionKind.ofCode(hello.kind)
            .orElseThrow(() -> new HandshakeException(Reason.GARBAGE, "kind " + hello.kind));
    if (hello.any) {
      if (kind != ConnectionKind.CLIENT) {
        throw new HandshakeException(Reason.GARBAGE, "a " + kind + " to nobody");
      }
    } else if (!hello.acceptor.equals(self)) {
      throw new HandshakeException(
          Reason.OTHER_WORKER, hello.acceptor.brief() + " was meant, this is " + self.brief());
    }
    if (hello.dialer.equals(self)) {
      throw new HandshakeException(Reason.REFUSED, "a worker does not dial itself");
    }
    return kind;
  }

  private static void writePrefix(WireWriter out) {
    out.writeFixedInt(MAGIC);
    out.writeByte(VERSION);
  }

  private static void checkPrefix(byte[] bytes) throws HandshakeException {
    WireReader in = new WireReader(bytes);
    if (in.readFixedInt() != MAGIC) {
      throw new HandshakeException(Reason.GARBAGE, "the first bytes are not Deed's");
    }
    int version = in.readByte();
    if (version != VERSION) {
      throw new HandshakeException(
          Reason.WRONG_VERSION, "protocol " + version + " there, " + VERSION + " here");
    }
  }

  private static void checkStatus(byte status) throws HandshakeException {
    if (status != 0) {
      throw Reason.ofCode(status)
          .map(reason -> new HandshakeException(reason, ""))
          .orElseGet(() -> new HandshakeException(Reason.GARBAGE, "status " + status));
    }
  }

  private static byte[] nonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    return nonce;
  }

  private static byte[] join(byte[]... parts) {
    WireWriter out = new WireWriter(HELLO_BYTES + CHALLENGE_BYTES);
    for (byte[] part : parts) {
      out.writeRaw(part, 0, part.length);
    }
    return out.toBytes();
  }
}
