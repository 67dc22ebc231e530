package dev.deed.ownership.membership;

/// The times that membership runs by, in nanoseconds.
///
/// @param leaseNs length of the membership lease
/// @param marginNs what a leader waits beyond a lease and the drift of clocks
/// @param retryNs after how long an unanswered message is sent again
/// @param voterNs how long a member that is called to be a voter may take
public record MembershipConfig(long leaseNs, long marginNs, long retryNs, long voterNs) {
  /// The default: a lease of 5 s.
  public static final MembershipConfig DEFAULT = of(5_000_000_000L);

  /// Times that fit a lease of this length.
  public static MembershipConfig of(long leaseNs) {
    return new MembershipConfig(
        leaseNs, leaseNs / 20, leaseNs / 25, Math.max(leaseNs, 5_000_000_000L));
  }
}
