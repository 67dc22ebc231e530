package dev.deed.evaluation.experiments.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds the compiled classes of all modules against the rules.
class ArchitectureTest {

  private static final String PRODUCT = "dev.deed";
  private static final String[] CORE = {"dev.deed.lineage..", "dev.deed.ownership.."};

  /// The classes that ship, without any test.
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages(PRODUCT);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lineage",
        "ownership",
        "transport",
        "futures",
        "faultinjection.simulator",
        "faultinjection.explorer",
        "faultinjection.chaos",
        "papers.nsdi21",
        "evaluation.bench",
        "evaluation.experiments"
      })
  void everyModuleIsSeen(String module) {
    assertThat(CLASSES)
        .anyMatch(type -> (type.getPackageName() + ".").startsWith(PRODUCT + "." + module + "."));
  }

  @Test
  void theModulesKeepToTheirArrows() {
    holds(ModuleArrows.below(PRODUCT));
  }

  @Test
  void theCoreReadsNoClock() {
    holds(Determinism.readsNoClock(CORE));
  }

  @Test
  void theCoreDrawsNothingAtRandom() {
    holds(Determinism.drawsNothingAtRandom(CORE));
  }

  @Test
  void theCoreHasNoThreadsOrLocks() {
    holds(Determinism.hasNoThreadsOrLocks(CORE));
  }

  @Test
  void theCoreDoesNoIo() {
    holds(Determinism.doesNoIo(CORE));
  }

  @Test
  void theCoreDependsOnNoSaltedOrder() {
    holds(Determinism.dependsOnNoSaltedOrder(CORE));
  }

  @Test
  void nothingIsJavaDeserialized() {
    holds(Everywhere.nothingIsJavaDeserialized(PRODUCT));
  }

  @Test
  void noErrorIsBare() {
    holds(Everywhere.noErrorIsBare(PRODUCT));
  }

  private static void holds(ArchRule rule) {
    rule.check(CLASSES);
  }
}
