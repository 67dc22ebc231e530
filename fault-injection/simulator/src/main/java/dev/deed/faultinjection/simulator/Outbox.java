package dev.deed.faultinjection.simulator;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskSpec;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.CancelMode;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Effects;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Message;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.ArrayList;
import java.util.List;

/// What a core orders while it applies an event; carried out afterwards, in order.
final class Outbox implements Effects {
  private final Node node;
  private final World world;
  private final List<Runnable> orders = new ArrayList<>();
  private boolean inherited;

  Outbox(Node node) {
    this.node = node;
    this.world = node.world;
  }

  /// Whether an estate has been inherited since the last time.
  boolean takeInherited() {
    boolean was = inherited;
    inherited = false;
    return was;
  }

  /// Carries out what has been ordered since the last time.
  void carryOut() {
    for (int i = 0; i < orders.size() && !node.gone(); i++) {
      orders.get(i).run();
    }
    orders.clear();
  }

  @Override
  public void send(WorkerId to, long era, Message message) {
    orders.add(() -> {
      world.trace.sent(node, to, era, message);
      world.links.send(node, to, era, message);
    });
  }

  @Override
  public void replicate(WorkerId to, HeirMessage message) {
    world.checks.replicating(node, message);
    orders.add(() -> {
      world.trace.replicated(node, to, message);
      world.heirLinks.send(node, to, message);
    });
  }

  @Override
  public void propose(Entry entry) {
    orders.add(() -> {
      world.trace.effect(node, "propose", entry);
      world.log.propose(node, entry);
    });
  }

  @Override
  public void closeLink(WorkerId peer) {
    orders.add(() -> {
      world.trace.effect(node, "close link", peer);
      world.links.close(node, peer);
    });
  }

  @Override
  public void run(long execution, TaskSpec spec, int attempt, EstateId estate, EstateId home) {
    orders.add(() -> {
      world.trace.run(node, execution, spec, attempt, estate);
      node.executor.run(execution, spec, attempt, estate, home);
    });
  }

  @Override
  public void cancel(long execution, CancelMode mode) {
    orders.add(() -> {
      world.trace.effect(node, "cancel", execution);
      node.executor.cancel(execution, mode);
    });
  }

  @Override
  public void got(long request, Reference reference, Outcome outcome) {
    orders.add(() -> {
      world.trace.got(node, request, reference, outcome);
      world.checks.got(node, request, reference, outcome);
      Dialogue asker = node.questions.remove(request);
      if (asker == null) {
        throw new ViolationException("core", node + " answers request " + request + " twice");
      }
      asker.got(request, reference, outcome);
    });
  }

  @Override
  public void awaited(long request, int[] done) {
    orders.add(() -> {
      world.trace.effect(node, "awaited", request);
      Dialogue asker = node.questions.remove(request);
      if (asker == null) {
        throw new ViolationException("core", node + " answers await " + request + " twice");
      }
      asker.awaited(request, done);
    });
  }

  @Override
  public void reserved(long request, boolean granted) {
    orders.add(() -> {
      world.trace.effect(node, granted ? "reserved" : "not reserved", request);
      Dialogue asker = node.questions.remove(request);
      if (asker == null) {
        throw new ViolationException("core", node + " answers reserve " + request + " twice");
      }
      asker.reserved(granted);
    });
  }

  @Override
  public void fetch(long fetch, CopyName copy, long size, long digest, List<WorkerId> holders) {
    orders.add(() -> {
      world.trace.effect(node, "fetch", copy);
      node.store.fetch(fetch, copy, size, digest, holders);
    });
  }

  @Override
  public void delete(CopyName copy) {
    orders.add(() -> {
      world.trace.effect(node, "delete", copy);
      node.store.delete(copy);
    });
  }

  @Override
  public void report(Report report) {
    inherited |= report.kind() == Report.Kind.INHERITED;
    orders.add(() -> {
      world.trace.effect(node, "report", report.text());
      world.reported(node, report);
    });
  }
}
