package dev.deed.faultinjection.explorer;

import dev.deed.faultinjection.explorer.Mutation.Edit;

/// Rules of protocol.md §6 whose absence the explorer must notice, each taken out of a copy of the
/// core. To come with heirs: `ack-before-heirs`, `no-roll-call`, `no-lost-task`,
/// `unreg-before-heirs`.
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
              "    lastDeath = followed;\n",
              """
                  lastDeath = followed;
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
}
