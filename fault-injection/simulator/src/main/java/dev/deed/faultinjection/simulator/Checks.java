package dev.deed.faultinjection.simulator;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.ownership.CopyName;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Event;
import dev.deed.ownership.Message;
import dev.deed.ownership.Outcome;
import dev.deed.ownership.heirs.HeirMessage;
import java.util.List;

/// All checkers of a run, told in order.
final class Checks implements Check {
  private final World world;
  private final List<Check> all;

  Checks(World world, List<Check> all) {
    this.world = world;
    this.all = all;
  }

  @Override
  public void sent(Node from, Node to, Message message) {
    for (Check check : all) {
      check.sent(from, to, message);
    }
  }

  @Override
  public void applying(Node node, Event event) {
    for (Check check : all) {
      check.applying(node, event);
    }
  }

  @Override
  public void replicating(Node from, HeirMessage message) {
    for (Check check : all) {
      check.replicating(from, message);
    }
  }

  @Override
  public void inherited(Node node, EstateId estate) {
    for (Check check : all) {
      check.inherited(node, estate);
    }
  }

  @Override
  public void heirsChanged(EstateId estate, List<Entry.Heir> before, List<Entry.Heir> after) {
    for (Check check : all) {
      check.heirsChanged(estate, before, after);
    }
  }

  @Override
  public void started(Node node, Executor.Job job) {
    world.ledger.began(node, job);
    for (Check check : all) {
      check.started(node, job);
    }
  }

  @Override
  public void asked(Node node, long request, Reference reference) {
    for (Check check : all) {
      check.asked(node, request, reference);
    }
  }

  @Override
  public void got(Node node, long request, Reference reference, Outcome outcome) {
    for (Check check : all) {
      check.got(node, request, reference, outcome);
    }
  }

  @Override
  public void read(Node node, Reference reference, long digest, List<Reference> inside) {
    for (Check check : all) {
      check.read(node, reference, digest, inside);
    }
  }

  @Override
  public void awaited(Node node, List<Reference> targets, Step.Await step, int[] done) {
    for (Check check : all) {
      check.awaited(node, targets, step, done);
    }
  }

  @Override
  public void stored(Node node, CopyName name) {
    world.ledger.copied(node, name.reference());
    for (Check check : all) {
      check.stored(node, name);
    }
  }

  @Override
  public void deleted(Node node, CopyName name, boolean open) {
    for (Check check : all) {
      check.deleted(node, name, open);
    }
  }

  @Override
  public void stepped(Node node) {
    for (Check check : all) {
      check.stepped(node);
    }
  }

  @Override
  public void ended(Node node) {
    for (Check check : all) {
      check.ended(node);
    }
  }

  @Override
  public void survey() {
    for (Check check : all) {
      check.survey();
    }
  }

  @Override
  public void quiescent() {
    for (Check check : all) {
      check.quiescent();
    }
  }
}
