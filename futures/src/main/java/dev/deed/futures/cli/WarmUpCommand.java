package dev.deed.futures.cli;

import dev.deed.Deed;
import dev.deed.Ref;
import dev.deed.Session;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/// A short run of what every program and every worker process uses, from which the launcher makes
/// its ahead-of-time cache.
@Command(
    name = "warm-up",
    hidden = true,
    description = "Runs a few tasks and ends: trains the cache that makes starts fast.")
final class WarmUpCommand extends CliCommand {
  private static final int TASKS = 200;
  private static final int ROUNDS = 30;

  @Override
  public Integer call() {
    try (Session session = Deed.local()) {
      session.runHere(WarmUpCommand::work);
    }
    ClusterAccess.find().ifPresent(access -> access.rehearse(WarmUpCommand::work));
    out().println(Json.line("warm", true));
    return ExitCode.OK;
  }

  private static void work() {
    Ref<List<Integer>> put = Deed.put(List.of(1, 2, 3));
    Ref<byte[]> large = Deed.submit(() -> new byte[1 << 20]);
    List<Ref<Integer>> sizes = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      int number = i;
      sizes.add(Deed.submit((list, bytes) -> list.size() + bytes.length + number, put, large));
    }
    Deed.getAll(sizes);
    Deed.submit(() -> Deed.submit(() -> put.get().size()).get()).get();
    for (int i = 0; i < ROUNDS; i++) {
      shortTasks();
    }
  }

  /// Gives the profiles of methods that the cache keeps: with them a new process compiles what is
  /// hot at once.
  private static void shortTasks() {
    List<Ref<Integer>> results = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      results.add(Deed.submit(WarmUpCommand::nothing));
    }
    Deed.getAll(results);
    results.forEach(Ref::close);
    for (int i = 0; i < TASKS; i++) {
      try (Ref<Integer> result = Deed.submit(WarmUpCommand::nothing)) {
        result.get();
      }
    }
  }

  private static int nothing() {
    return 0;
  }
}
