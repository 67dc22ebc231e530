package dev.deed.transport.link;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/// A connection that did not come to be, and why. Its message is one sentence.
///
/// Except for [Reason#WRONG_SECRET] the other end has proved nothing when it says why: the reason
/// helps people, and decides nothing about membership.
public final class HandshakeException extends IOException {
  private static final long serialVersionUID = 1L;

  /// Why a connection was refused.
  public enum Reason {
    /// The other end does not know the cluster's secret.
    WRONG_SECRET(1, "the two ends do not have the same cluster secret"),
    /// The other end speaks another version of the protocol, or other messages.
    WRONG_VERSION(2, "the two ends run different versions of Deed"),
    /// The other end belongs to another cluster.
    WRONG_CLUSTER(3, "the two ends belong to different clusters"),
    /// Another process than the one that was meant.
    OTHER_WORKER(4, "another worker answers at this address"),
    /// The other end wants no such connection now, or none from this worker ever.
    REFUSED(5, "the other end refuses the connection"),
    /// The deadline passed first.
    TIMEOUT(6, "the other end did not answer in time"),
    /// What came is not this protocol.
    GARBAGE(7, "the other end does not speak Deed's protocol");

    private static final Reason[] VALUES = values();

    private final int code;
    private final String sentence;

    Reason(int code, String sentence) {
      this.code = code;
      this.sentence = sentence;
    }

    /// The code on the wire, from 1.
    int code() {
      return code;
    }

    static Optional<Reason> ofCode(int code) {
      return Arrays.stream(VALUES).filter(reason -> reason.code == code).findFirst();
    }
  }

  private final Reason reason;

  HandshakeException(Reason reason, String detail) {
    super(reason.sentence + (detail.isEmpty() ? "" : ": " + detail));
    this.reason = reason;
  }

  HandshakeException(Reason reason, String detail, Throwable cause) {
    this(reason, detail);
    initCause(cause);
  }

  /// Why.
  public Reason reason() {
    return reason;
  }
}
