package dev.deed.faultinjection.simulator;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/// Plays a scenario whose owner dies once without that death, to see how many batches of events the
/// owner has, and then once for each of these moments, or as many of them as there is time for:
/// `-Ddeed.scenario.moments=N`, evenly spread from one that depends on the variation.
///
/// A scenario that fails is played again and told in `target/scenarios`.
final class OwnerDeaths implements InvocationInterceptor {
  private static final int MOMENTS = Integer.getInteger("deed.scenario.moments", 4);
  private static final Path FOLDER = Path.of("target", "scenarios");

  @Override
  public void interceptTestTemplateMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> context,
      ExtensionContext extension)
      throws Throwable {
    if (!(context.getArguments().getFirst() instanceof Variation variation)
        || variation.death().isEmpty()) {
      invocation.proceed();
      return;
    }
    OwnerDeath death = variation.death().get();
    death.never();
    invocation.proceed();
    int batches = death.mostBatches();
    int moments = Math.min(batches, variation.late().isPresent() ? 1 + MOMENTS / 4 : MOMENTS);
    for (int i = 0; i < moments; i++) {
      long offset = variation.seed() % batches;
      int moment = 1 + (int) ((offset + (long) i * batches / moments) % batches);
      play(context, death, moment, batches);
    }
  }

  private static void play(
      ReflectiveInvocationContext<Method> context, OwnerDeath death, int moment, int batches)
      throws Throwable {
    death.after(moment, false);
    try {
      play(context);
    } catch (AssertionError | RuntimeException failure) {
      death.after(moment, true);
      try {
        play(context);
      } catch (AssertionError | RuntimeException again) {
        failure.addSuppressed(again);
      }
      String name = context.getExecutable().getName() + "-" + moment + ".txt";
      throw new AssertionError(
          "with the owner dead after batch %d of %d, told in %s: %s"
              .formatted(moment, batches, tell(name, death), failure.getMessage()),
          failure);
    }
  }

  private static Path tell(String name, OwnerDeath death) throws IOException {
    Files.createDirectories(FOLDER);
    return Files.write(FOLDER.resolve(name), death.story());
  }

  private static void play(ReflectiveInvocationContext<Method> context) throws Throwable {
    Method scenario = context.getExecutable();
    scenario.setAccessible(true);
    try {
      scenario.invoke(context.getTarget().orElseThrow(), context.getArguments().toArray());
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }
}
