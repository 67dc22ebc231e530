package dev.deed.ownership;

import dev.deed.lineage.WorkerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The leader's side of all membership leases (protocol.md §4): says which renewals to grant, and
/// whose lease has run out. It counts from the *receipt* of a renewal on its own monotonic clock.
///
/// Times are nanoseconds of one clock with any origin. Not thread-safe.
public final class MembershipLeaseKeeper {
  /*
   * State: for each member the receipt of its last renewal, and the renewal that is not granted yet with
   * the *ticket* of the append that must commit first (0: none is under way).  Tickets rise.
   *
   * Safety: a grant needs the commit of an entry that was appended after the receipt, so the receipt was
   * before the first commit of any later leader; a new leader starts all leases there.  The count
   * is longer than the holder's by the drift of both clocks and a margin.  An ungranted renewal
   * prolongs the count as well, since its grant may be on its way when this is asked.
   */

  /// Most that a clock runs fast or slow: nanoseconds a microsecond.
  public static final long DRIFT_PER_MICRO = 1;

  /// A renewal that is granted now.
  public record Grant(WorkerId worker, long number) {}

  private static final class Account {
    long receivedNs;
    long number;
    long ticket;
    boolean waits;
  }

  private final long countNs;
  private final Map<WorkerId, Account> accounts = new LinkedHashMap<>();

  /// A keeper of leases of `leaseNs`, with `marginNs` on top of what clocks may drift.
  public MembershipLeaseKeeper(long leaseNs, long marginNs) {
    // Both clocks off by ρ = 1e-3: (1 + ρ) / (1 - ρ) < 1 + 3ρ.
    this.countNs = leaseNs + 3 * (leaseNs / 1_000 * DRIFT_PER_MICRO) + marginNs;
  }

  /// This process leads, and its first entry is committed: all leases start now.
  public void start(Iterable<WorkerId> members, long nowNs) {
    accounts.clear();
    members.forEach(member -> add(member, nowNs));
  }

  /// This process does not lead any more: nothing is granted, nobody expires.
  public void stop() {
    accounts.clear();
  }

  /// A worker is a member from now on: its lease starts.
  public void add(WorkerId member, long nowNs) {
    Account account = new Account();
    account.receivedNs = nowNs;
    accounts.putIfAbsent(member, account);
  }

  /// The worker is no member any more.
  public void remove(WorkerId member) {
    accounts.remove(member);
  }

  /// A renewal has arrived; tells whether it is a member's. An older number than the last changes
  /// nothing.
  public boolean receive(WorkerId member, long number, long nowNs) {
    Account account = accounts.get(member);
    if (account == null) {
      return false;
    }
    if (number > account.number) {
      account.receivedNs = nowNs;
      account.number = number;
      account.ticket = 0;
      account.waits = true;
    }
    return true;
  }

  /// Whether a renewal waits for an entry that hasn't been appended.
  public boolean wantsEntry() {
    for (Account account : accounts.values()) {
      if (account.waits && account.ticket == 0) {
        return true;
      }
    }
    return false;
  }

  /// An entry is appended now under this ticket: renewals received so far are granted with it.
  public void appending(long ticket) {
    for (Account account : accounts.values()) {
      if (account.waits && account.ticket == 0) {
        account.ticket = ticket;
      }
    }
  }

  /// The entry of the ticket will not commit, as far as is known: its renewals need another.
  public void failed(long ticket) {
    for (Account account : accounts.values()) {
      if (account.ticket == ticket) {
        account.ticket = 0;
      }
    }
  }

  /// The entry of the ticket has committed under this leader: gives the renewals to grant.
  public List<Grant> committed(long ticket) {
    List<Grant> grants = new ArrayList<>();
    accounts.forEach((worker, account) -> {
      if (account.waits && account.ticket != 0 && account.ticket <= ticket) {
        account.waits = false;
        account.ticket = 0;
        grants.add(new Grant(worker, account.number));
      }
    });
    return grants;
  }

  /// The members whose lease has certainly run out.
  public List<WorkerId> expired(long nowNs) {
    List<WorkerId> expired = new ArrayList<>();
    accounts.forEach((worker, account) -> {
      if (nowNs - account.receivedNs >= countNs) {
        expired.add(worker);
      }
    });
    return expired;
  }
}
