package dev.deed.evaluation.experiments.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.deed.evaluation.experiments.architecture.planted.PlantedClocks;
import dev.deed.evaluation.experiments.architecture.planted.PlantedDeserialization;
import dev.deed.evaluation.experiments.architecture.planted.PlantedErrors;
import dev.deed.evaluation.experiments.architecture.planted.PlantedInnocents;
import dev.deed.evaluation.experiments.architecture.planted.PlantedIo;
import dev.deed.evaluation.experiments.architecture.planted.PlantedRandomness;
import dev.deed.evaluation.experiments.architecture.planted.PlantedSaltedOrders;
import dev.deed.evaluation.experiments.architecture.planted.PlantedThreads;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Shows that each rule of [ArchitectureTest] can fail: it finds every violation planted for it.
class PlantedViolationsTest {

  private static final String PLANTED = PlantedClocks.class.getPackageName();
  private static final JavaClasses CLASSES = new ClassFileImporter().importPackages(PLANTED);
  private static final JavaClasses ARROWS = CLASSES.that(resideInAPackage(PLANTED + ".arrows.."));

  private static final Map<Class<?>, ArchRule> RULES =
      Map.of(
          PlantedClocks.class, Determinism.readsNoClock(PLANTED),
          PlantedRandomness.class, Determinism.drawsNothingAtRandom(PLANTED),
          PlantedThreads.class, Determinism.hasNoThreadsOrLocks(PLANTED),
          PlantedIo.class, Determinism.doesNoIo(PLANTED),
          PlantedSaltedOrders.class, Determinism.dependsOnNoSaltedOrder(PLANTED),
          PlantedDeserialization.class, Everywhere.nothingIsJavaDeserialized(PLANTED),
          PlantedErrors.class, Everywhere.noErrorIsBare(PLANTED));

  static Stream<Arguments> violations() {
    return RULES.entrySet().stream()
        .flatMap(entry ->
            Arrays.stream(entry.getKey().getDeclaredClasses())
                .map(planted -> Arguments.of(planted, entry.getValue())));
  }

  @ParameterizedTest
  @MethodSource("violations")
  void aRuleFindsWhatIsPlantedForIt(Class<?> planted, ArchRule rule) {
    assertThat(report(rule, planted)).contains(planted.getName());
  }

  static Stream<Arguments> innocents() {
    return RULES.values().stream()
        .flatMap(rule ->
            Arrays.stream(PlantedInnocents.class.getDeclaredClasses())
                .map(innocent -> Arguments.of(innocent, rule)));
  }

  @ParameterizedTest
  @MethodSource("innocents")
  void aRuleLetsInnocentCodeThrough(Class<?> innocent, ArchRule rule) {
    assertThat(report(rule, innocent)).isEmpty();
  }

  static Stream<JavaClass> arrows() {
    return ARROWS.stream().filter(type -> !type.getSimpleName().equals("BenchIsFree"));
  }

  @ParameterizedTest
  @MethodSource("arrows")
  void theArrowsRuleFindsEveryPlantedArrow(JavaClass planted) {
    assertThat(arrowsReport()).containsPattern("(?m)^\\S* ?<" + planted.getName() + "[.>]");
  }

  @Test
  void theArrowsRuleLetsEvaluationUseAll() {
    assertThat(arrowsReport()).doesNotContain("Method <" + PLANTED + ".arrows.evaluation");
  }

  private static String arrowsReport() {
    return describe(ModuleArrows.below(PLANTED + ".arrows"), ARROWS);
  }

  private static String report(ArchRule rule, Class<?> type) {
    return describe(rule, CLASSES.that(equivalentTo(type)));
  }

  private static String describe(ArchRule rule, JavaClasses classes) {
    return rule.allowEmptyShould(true).evaluate(classes).getFailureReport().getDetails().stream()
        .collect(joining("\n"));
  }
}
