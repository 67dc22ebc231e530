package dev.deed.transport.link;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What makes a process a member of a cluster: its id, its secret, and the messages that it speaks.
/// Immutable; the secret is never printed.
public final class Credentials {
  /// Length of a secret in bytes.
  public static final int SECRET_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";

  private final ClusterId cluster;
  private final SecretKeySpec secret;
  private final long schemaHash;

  /// Takes a copy of `secret`; `schemaHash` is a digest of everything that both sides must encode
  /// alike. Throws [IllegalArgumentException] unless the secret has 32 bytes.
  public Credentials(ClusterId cluster, byte[] secret, long schemaHash) {
    if (secret.length != SECRET_BYTES) {
      throw new IllegalArgumentException(
          "a cluster's secret has " + SECRET_BYTES + " bytes, not " + secret.length);
    }
    this.cluster = Objects.requireNonNull(cluster);
    this.secret = new SecretKeySpec(secret, ALGORITHM);
    this.schemaHash = schemaHash;
  }

  /// The cluster that these are for.
  public ClusterId cluster() {
    return cluster;
  }

  /// The digest of what both sides must encode alike.
  public long schemaHash() {
    return schemaHash;
  }

  /// The proof that whoever plays `role` knows the secret and has seen `transcript`.
  byte[] prove(byte role, byte[] transcript) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      mac.update(role);
      return mac.doFinal(transcript);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }

  @Override
  public String toString() {
    return "Credentials[" + cluster + "]";
  }
}
