package dev.deed.futures.runtime;

import dev.deed.DeedConfig;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.membership.Contact;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/// A worker process of this driver. It lives as long as the pipe to it.
final class WorkerProcess {
  private static final long GRACE_S = 2;

  private final Process process;

  private WorkerProcess(Process process) {
    this.process = process;
  }

  /// Starts a worker with the code of this process, to join the cluster of the member at `contact`.
  static WorkerProcess start(
      WorkerId id,
      String cluster,
      Path directory,
      Path secretFile,
      Contact contact,
      List<Path> classPath,
      DeedConfig config)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JvmFlags.ALL);
    String cache = System.getProperty("deed.aot-cache", "");
    if (!cache.isEmpty()) {
      command.add("-XX:AOTCache=" + cache);
    }
    command.addAll(settings(config, secretFile));
    command.add("-cp");
    List<String> classes = new ArrayList<>(List.of(System.getProperty("java.class.path")));
    classPath.forEach(entry -> classes.add(entry.toAbsolutePath().toString()));
    command.add(String.join(File.pathSeparator, classes));
    command.add(WorkerMain.class.getName());
    command.add(id.toString());
    command.add(cluster);
    command.add(directory.toString());
    command.add(contact.host());
    command.add(String.valueOf(contact.port()));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new WorkerProcess(process);
  }

  private static List<String> settings(DeedConfig config, Path secretFile) {
    List<String> settings = new ArrayList<>();
    settings.add("-Ddeed.worker-cpus=" + config.workerCpus());
    settings.add("-Ddeed.worker-memory=" + config.workerMemory());
    settings.add("-Ddeed.store-bytes=" + config.storeBytes());
    settings.add("-Ddeed.inline-limit-bytes=" + config.inlineLimitBytes());
    settings.add("-Ddeed.lineage-budget-bytes=" + config.lineageBudgetBytes());
    settings.add("-Ddeed.lease-length=" + config.leaseLength().toMillis() + "ms");
    settings.add("-Ddeed.heirs=" + config.heirs());
    settings.add("-Ddeed.durability=" + config.durability());
    settings.add("-Ddeed.check-immutability=" + config.checkImmutability());
    settings.add("-Ddeed.bind=" + config.bind());
    settings.add("-Ddeed.secret-file=" + secretFile);
    return settings;
  }

  /// Calls `exited` with the exit code once the process has been reaped.
  void onExit(IntConsumer exited) {
    var _ = process.onExit().thenAccept(ended -> exited.accept(ended.exitValue()));
  }

  boolean alive() {
    return process.isAlive();
  }

  /// Tells the worker to end.
  void end() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // Its end of the pipe is gone: so is the process.
      System.getLogger("dev.deed").log(System.Logger.Level.DEBUG, "A worker was gone", e);
    }
  }

  /// Waits for the end of the process, which is killed after a grace of 2 s.
  void awaitEnd() {
    boolean interrupted = false;
    try {
      if (!process.waitFor(GRACE_S, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      process.destroyForcibly();
    }
    process.onExit().join();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
