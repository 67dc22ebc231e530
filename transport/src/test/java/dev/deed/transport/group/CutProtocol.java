package dev.deed.transport.group;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jgroups.Address;
import org.jgroups.Message;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;
import org.jspecify.annotations.Nullable;

/// Stands above a voter's transport and drops what comes from those it is deaf to: a link that is
/// cut in one direction.
final class CutProtocol extends Protocol {
  final Set<Address> deafTo = ConcurrentHashMap.newKeySet();

  @Override
  public @Nullable Object up(Message message) {
    return drops(message) ? null : up_prot.up(message);
  }

  @Override
  public void up(MessageBatch batch) {
    batch.removeIf(this::drops, true);
    if (!batch.isEmpty()) {
      up_prot.up(batch);
    }
  }

  private boolean drops(Message message) {
    Address from = message.getSrc();
    return from != null && deafTo.contains(from);
  }
}
