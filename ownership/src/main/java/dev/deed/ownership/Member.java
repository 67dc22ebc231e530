package dev.deed.ownership;

import dev.deed.lineage.Demand;
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;

/// A worker as the membership log knows it.
///
/// @param id the process
/// @param hostId the machine, or what plays one; workers of one host fail together
/// @param address host name or address that it listens on
/// @param port TCP port of its links
/// @param pid process id on its machine
/// @param driver whether it is a driver: it has no slots for others' tasks
/// @param capacity what it offers
public record Member(
    WorkerId id,
    String hostId,
    String address,
    int port,
    long pid,
    boolean driver,
    Demand capacity) {
  /// Longest host id or address that is read, in characters.
  public static final int MAX_NAME = 255;

  /// Writes all parts.
  public void write(WireWriter out) {
    id.write(out);
    out.writeString(hostId);
    out.writeString(address);
    out.writeInt(port);
    out.writeLong(pid);
    out.writeBoolean(driver);
    capacity.write(out);
  }

  /// Reads what [#write] wrote.
  public static Member read(WireReader in) {
    Member member =
        new Member(
            WorkerId.read(in),
            in.readString(),
            in.readString(),
            in.readInt(),
            in.readLong(),
            in.readBoolean(),
            Demand.read(in));
    if (member.port < 1 || member.port > 0xffff) {
      throw new MalformedException("a member at port " + member.port);
    }
    if (member.hostId.length() > MAX_NAME || member.address.length() > MAX_NAME) {
      throw new MalformedException("a member with a host name of more than " + MAX_NAME);
    }
    return member;
  }
}
