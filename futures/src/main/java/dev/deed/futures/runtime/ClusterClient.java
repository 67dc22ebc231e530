package dev.deed.futures.runtime;

import dev.deed.ConnectException;
import dev.deed.DeedConfig;
import dev.deed.JobException;
import dev.deed.lineage.Mixing;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.MessageCodec;
import dev.deed.transport.link.ClusterId;
import dev.deed.transport.link.ConnectionKind;
import dev.deed.transport.link.Connector;
import dev.deed.transport.link.Credentials;
import dev.deed.transport.link.HandshakeException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// Asks a cluster without being a member: all that it takes is the secret. Thread-safe; holds
/// nothing open.
final class ClusterClient implements ClusterQuestions.Clients {
  /// Grows with what processes say to each other besides the core's messages.
  private static final long SCHEMA = 3;

  private static final Duration DIAL_TIMEOUT = Duration.ofSeconds(2);

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Connector connector;

  private ClusterClient(Connector connector) {
    this.connector = connector;
  }

  /// One that has the secret which the settings name. Throws [ConnectException] if that can't be
  /// had.
  static ClusterClient of(DeedConfig config) {
    ClusterSecret secret = ClusterSecret.of(config);
    Credentials credentials = credentials(secret.cluster(), secret.bytes());
    return new ClusterClient(
        new Connector(ClusterSession.newId(), credentials, Dialers.ofProcess()));
  }

  /// What proves that a process belongs to a cluster.
  static Credentials credentials(String cluster, byte[] secret) {
    byte[] name = cluster.getBytes(StandardCharsets.UTF_8);
    ClusterId id = new ClusterId(Mixing.mix(name, 1), Mixing.mix(name, 2));
    return new Credentials(id, secret, Mixing.mix(MessageCodec.SCHEMA, SCHEMA));
  }

  /// A connection to whatever worker listens at `address`. Throws [ConnectException].
  static Connector.Connection dial(Connector connector, InetSocketAddress address) {
    try {
      return connector.dialAnyone(address, DIAL_TIMEOUT);
    } catch (HandshakeException e) {
      throw new ConnectException(
          "the worker at " + address + " does not let this one in: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ConnectException(
          "no worker answers at "
              + address
              + " ("
              + e.getMessage()
              + "): check the address, and that the cluster runs",
          e);
    }
  }

  /// What the worker that listens at `address` knows of its cluster. Throws [ConnectException].
  ClusterQuestions.Membership membership(InetSocketAddress address) {
    try {
      return ClusterQuestions.membership(dial(connector, address).channel());
    } catch (IOException e) {
      throw silent(address, e);
    }
  }

  /// The jobs that the worker which listens at `address` knows of. Throws [ConnectException].
  List<JobReports.Line> jobs(InetSocketAddress address) {
    try {
      SocketChannel channel = dial(connector, address).channel();
      return JobReports.read(
          Inquiry.ask(channel, new Question.Jobs(), JobReports.MAX_BYTES, PATIENCE));
    } catch (IOException e) {
      throw silent(address, e);
    }
  }

  /// Ends a job whose driver is dead. Throws [JobException] that says why it can't be ended, and
  /// [ConnectException].
  void dropJob(InetSocketAddress address, String name) {
    try {
      SocketChannel channel = dial(connector, address).channel();
      Duration patience = ClusterNode.AGREEMENT.multipliedBy(2).plus(PATIENCE);
      Inquiry.ask(channel, new Question.DropJob(name), 0, patience);
    } catch (Inquiry.RefusedException e) {
      throw new JobException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw silent(address, e);
    }
  }

  private static ConnectException silent(InetSocketAddress address, IOException e) {
    return new ConnectException(
        "the worker at " + address + " does not answer: " + e.getMessage(), e);
  }

  @Override
  public SocketChannel dial(WorkerId worker, InetSocketAddress address) throws IOException {
    return connector.dial(worker, address, ConnectionKind.CLIENT, DIAL_TIMEOUT);
  }
}
