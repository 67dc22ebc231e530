package dev.deed.evaluation.experiments.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.io.Serializable;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// What the protocol core must not touch, so that the same events always give the same effects.
///
/// Each rule holds for the packages that it is given, such as `dev.deed.ownership..`.
final class Determinism {

  private Determinism() {}

  static ArchRule readsNoClock(String... packages) {
    return CompositeArchRule.of(
            within(packages)
                .should()
                .callMethodWhere(
                    calls("System.nanoTime or currentTimeMillis", System.class, "nanoTime")
                        .or(calls("the clock", System.class, "currentTimeMillis")))
                .orShould()
                .callMethodWhere(
                    describe(
                        "now() of java.time",
                        call ->
                            call.getName().equals("now")
                                && call.getTargetOwner().getPackageName().equals("java.time"))))
        .and(
            within(packages)
                .should()
                .dependOnClassesThat(
                    assignableTo(Clock.class)
                        .or(assignableTo(Date.class))
                        .or(assignableTo(Timer.class))))
        .because("time is an argument");
  }

  static ArchRule drawsNothingAtRandom(String... packages) {
    return CompositeArchRule.of(
            within(packages)
                .should()
                .callMethodWhere(
                    calls("Math.random", Math.class, "random")
                        .or(calls("StrictMath.random", StrictMath.class, "random"))
                        .or(calls("UUID.randomUUID", UUID.class, "randomUUID"))
                        .or(calls("identityHashCode", System.class, "identityHashCode"))))
        .and(
            within(packages)
                .should()
                .dependOnClassesThat(
                    assignableTo(RandomGenerator.class).or(assignableTo(SecureRandom.class))))
        .because("randomness is an input");
  }

  static ArchRule hasNoThreadsOrLocks(String... packages) {
    return CompositeArchRule.of(
            within(packages)
                .should()
                .dependOnClassesThat(
                    assignableTo(Thread.class)
                        .or(assignableTo(ThreadLocal.class))
                        .or(
                            resideInAnyPackage("java.util.concurrent..")
                                .and(not(type(TimeUnit.class))))))
        .and(
            within(packages)
                .should()
                .callMethodWhere(
                    calls("Object.wait", Object.class, "wait")
                        .or(calls("Object.notify", Object.class, "notify"))
                        .or(calls("Object.notifyAll", Object.class, "notifyAll"))))
        .and(
            noMethods()
                .that()
                .areDeclaredInClassesThat(resideInAnyPackage(packages))
                .should()
                .haveModifier(SYNCHRONIZED)
                .allowEmptyShould(true))
        .and(within(packages).should(new EnterMonitors()))
        .because("one runner at a time drives the core");
  }

  static ArchRule doesNoIo(String... packages) {
    return within(packages)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.io..", "java.net..", "java.nio.channels..", "java.nio.file..")
                .and(not(type(Serializable.class)))
                .or(assignableTo(Process.class))
                .or(assignableTo(ProcessBuilder.class)))
        .because("the network and the disk are inputs and effects");
  }

  /// The JDK salts the order of its immutable sets and maps anew in each JVM; those of at most one
  /// element have no order.
  static ArchRule dependsOnNoSaltedOrder(String... packages) {
    return within(packages)
        .should()
        .callMethodWhere(
            calls("Set.copyOf", Set.class, "copyOf")
                .or(calls("Map.copyOf", Map.class, "copyOf"))
                .or(calls("Map.ofEntries", Map.class, "ofEntries"))
                .or(
                    calls("Set.of", Set.class, "of")
                        .and(
                            describe(
                                "more than one element",
                                call ->
                                    parameters(call) > 1
                                        || call.getTarget().getRawParameterTypes().stream()
                                            .anyMatch(JavaClass::isArray))))
                .or(
                    calls("Map.of", Map.class, "of")
                        .and(describe("more than one entry", call -> parameters(call) > 2)))
                .or(collects("toUnmodifiableSet"))
                .or(collects("toUnmodifiableMap")))
        .because("a seed must replay in another JVM: use LinkedHashMap, TreeMap or List");
  }

  private static GivenClassesConjunction within(String... packages) {
    return noClasses().that().resideInAnyPackage(packages);
  }

  private static DescribedPredicate<JavaMethodCall> calls(
      String description, Class<?> owner, String method) {
    return describe(
        description,
        call -> call.getName().equals(method) && call.getTargetOwner().isAssignableTo(owner));
  }

  private static DescribedPredicate<JavaMethodCall> collects(String method) {
    return calls("Collectors." + method, java.util.stream.Collectors.class, method);
  }

  private static int parameters(JavaMethodCall call) {
    return call.getTarget().getRawParameterTypes().size();
  }
}
