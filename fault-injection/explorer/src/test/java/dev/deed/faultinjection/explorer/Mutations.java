package dev.deed.faultinjection.explorer;

import dev.deed.faultinjection.explorer.Mutation.Edit;

/// Rules of protocol.md §3–§6 whose absence the explorer must notice, each taken out of a copy of
/// the core.
final class Mutations {
  private Mutations() {}

  static final Mutation NO_WAIT =
      Mutation.of(
          "no-wait",
          "releases a message before the registration is acknowledged",
          new Edit(
              "Holders.java", "        releasable = false;\n", "        releasable &= now;\n"));

  static final Mutation DROP_AT_FOLLOW =
      Mutation.of(
          "drop-at-follow",
          "gives up what is held for a dead worker's sake when the death is followed",
          new Edit(
              "WorkerCore.java",
              "    holders.followDeath(dead, served);\n",
              "    holders.followDeath(dead, served);\n    holders.clear(List.of(dead));\n"));

  static final Mutation DROP_ARGS_AT_FOLLOW =
      Mutation.of(
          "drop-args-at-follow",
          "gives up messages to a dead worker when the death is followed",
          new Edit(
              "Holders.java",
              "  void followDeath(WorkerId dead, Set<EstateId> served) {\n",
              """
                void followDeath(WorkerId dead, Set<EstateId> served) {
                  for (Give give : context.estates.own.gives.inOrder()) {
                    if (dead.equals(give.to())) {
                      takeBack(context.estates.own, give.message());
                    }
                  }
              """));

  static final Mutation DROP_REGS_AT_FOLLOW =
      Mutation.of(
          "drop-regs-at-follow",
          "gives up a dead worker's registrations when the death is followed",
          new Edit(
              "Holders.java",
              "  void followDeath(WorkerId dead, Set<EstateId> served) {\n",
              """
                void followDeath(WorkerId dead, Set<EstateId> served) {
                  for (ObjectRecord record : table.objects()) {
                    if (record.holders().containsKey(dead)) {
                      record.setHolder(dead, Hold.NONE);
                      table.settleLater(record);
                    }
                  }
              """));

  static final Mutation ANSWER_EARLY =
      Mutation.of(
          "answer-early",
          "answers a death before what it had to tell the owners is acknowledged",
          new Edit("Barrier.java", "    return debt.streams.isEmpty();\n", "    return true;\n"));

  static final Mutation CLEAR_NOT_RESTARTED =
      Mutation.of(
          "clear-not-restarted",
          "counts a death as clear although somebody died before answering it",
          new Edit(
              "MembershipLog.java",
              "    deaths.put(worker, followed);\n",
              """
                  deaths.put(worker, followed);
                  unanswered.values().forEach(missing -> missing.remove(worker));
              """));

  static final Mutation NO_ERAS =
      Mutation.of(
          "no-eras",
          "applies a message although its sender had followed the log further",
          new Edit(
              "Eras.java",
              "    if (queue == null && era <= context.log.followed()) {\n",
              "    if (queue == null) {\n"));

  static final Mutation UNORDERED_UNREG =
      Mutation.of(
          "unordered-unreg",
          "lets an unregistration be overtaken by the next message of its stream",
          new Edit(
              "Streams.java",
              "    final ArrayDeque<Registering> registrations = new ArrayDeque<>();\n",
              """
                  final ArrayDeque<Registering> registrations = new ArrayDeque<>();
                  final ArrayDeque<Message.EstateMessage> late = new ArrayDeque<>();
              """),
          new Edit(
              "Streams.java",
              """
                  long number = ++stream.last;
                  stream.messages.add(new Unacknowledged(number, message));
                  context.send(server, new Message.ToEstate(estate, number, message));
                  return number;
              """,
              """
                  if (message instanceof Message.EstateMessage.Registration(var o, var hold)
                      && hold == Hold.NONE) {
                    stream.late.add(message);
                    return stream.last;
                  }
                  long number = ++stream.last;
                  stream.messages.add(new Unacknowledged(number, message));
                  context.send(server, new Message.ToEstate(estate, number, message));
                  while (!stream.late.isEmpty()) {
                    Message.EstateMessage overtaken = stream.late.poll();
                    stream.messages.add(new Unacknowledged(++stream.last, overtaken));
                    context.send(server, new Message.ToEstate(estate, stream.last, overtaken));
                  }
                  return number;
              """));

  static final Mutation FORGET_FETCHES =
      Mutation.of(
          "forget-fetches",
          "answers a death while a copy may still come from the dead worker",
          new Edit(
              "Barrier.java",
              "new Debt(fetches.from(dead), inheriting, streams.sent())",
              "new Debt(new java.util.LinkedHashSet<>(), inheriting, streams.sent())"));

  // --- heirs ------------------------------------------------------------------------------------

  static final Mutation ACK_BEFORE_HEIRS =
      Mutation.of(
          "ack-before-heirs",
          "acknowledges a stream before the heirs know how far it is applied",
          new Edit(
              "Streams.java",
              "      acknowledge(estate, stream);\n",
              "      context.send(stream.sender, new Message.EstateAck(estate.id, stream.applied));\n"));

  static final Mutation NO_ROLL_CALL =
      Mutation.of(
          "no-roll-call",
          "serves an inherited estate before the others have answered the roll call",
          new Edit(
              "Takeovers.java",
              "new Takeover(estate, epoch, death, others)",
              "new Takeover(estate, epoch, death, List.of())"));

  static final Mutation NO_LOST_TASK =
      Mutation.of(
          "no-lost-task",
          "holds what messages carried that were lost with the server",
          new Edit("Inheritance.java", "    dropWhatNobodyHas(estate, takeover);\n", ""));

  static final Mutation UNREG_BEFORE_HEIRS =
      Mutation.of(
          "unreg-before-heirs",
          "unregisters for what the image of an heir still holds",
          new Edit(
              "Holders.java", "if (context.gate.passed(b.givenUp)) {", "if (b.givenUp >= 0) {"));

  static final Mutation PUSH_BEFORE_HEIRS =
      Mutation.of(
          "push-before-heirs",
          "pushes a task without retries before the heirs know that it may have run",
          new Edit(
              "Tasks.java",
              "if (task.retriesLeft > 0 && (here ||",
              "if ((task.retriesLeft >= 0) && (here ||"));

  static final Mutation FREE_BEFORE_HEIRS =
      Mutation.of(
          "free-before-heirs",
          "frees a copy that a record of an heir still names",
          new Edit(
              "OwnershipTable.java",
              "    context.gate.after(() -> {\n      if (location.equals(",
              "    context.later(() -> {\n      if (location.equals("));

  static final Mutation FREE_BEFORE_CLEAR =
      Mutation.of(
          "free-before-clear",
          "frees in an inherited estate before the death is clear",
          new Edit(
              "Inheritance.java", "estate.heldUntil = takeover.death;", "estate.heldUntil = 0;"));

  static final Mutation NO_RESEND =
      Mutation.of(
          "no-resend",
          "does not send a successor what the dead server had not acknowledged",
          new Edit(
              "WorkerCore.java",
              "      streams.resend(estate, server, message -> again(message, server));\n",
              ""));

  static final Mutation NOT_JOINED =
      Mutation.of(
          "not-joined",
          "pushes a task anew that is at work at a living worker",
          new Edit("Inheritance.java", "atWork.contains(task)", "false"));

  static final Mutation NOT_REGISTERED =
      Mutation.of(
          "not-registered",
          "does not register for what the records of an inherited estate hold",
          new Edit("Inheritance.java", "    held.forEach(holders::registerNow);\n", ""));

  static final Mutation NOTHING_BEYOND =
      Mutation.of(
          "nothing-beyond",
          "does not tell a successor what another heir has beyond its image",
          new Edit(
              "RollCalls.java",
              "image == null ? Beyond.NONE : image.beyond()",
              "image == null ? Beyond.NONE : Beyond.NONE"));

  static final Mutation JOINING_NOT_COUNTED =
      Mutation.of(
          "joining-not-counted",
          "does not wait for an heir that may be declared full at any time",
          new Edit(
              "heirs/Feed.java", "return full || countsFrom != Long.MAX_VALUE;", "return full;"));

  static final Mutation NO_COMPARE =
      Mutation.of(
          "no-compare",
          "takes an entry about heirs although another came before it",
          new Edit("EstateDirectory.java", "        || next.seen() != version(estate)\n", ""));

  static final Mutation NOT_UNSETTLED =
      Mutation.of(
          "not-unsettled",
          "does not ask the home of a task that was lost to keep its calls",
          new Edit("WorkerCore.java", "    homes.followServers(served);\n", ""));

  static final Mutation NOT_SETTLED =
      Mutation.of(
          "not-settled",
          "does not tell the home of a task that it has ended",
          new Edit("Homes.java", "      settled(home, task.id);\n", ""));

  static final Mutation NOT_ADOPTED =
      Mutation.of(
          "not-adopted",
          "calls anew what an earlier execution had called and what has ended since",
          new Edit(
              "Tasks.java",
              "if (earlier != null && (earlier.state != TaskRecord.State.DONE || isWhole(earlier))) {",
              "if (earlier != null && earlier.state != TaskRecord.State.DONE) {"));
}
