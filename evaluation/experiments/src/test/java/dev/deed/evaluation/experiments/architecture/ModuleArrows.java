package dev.deed.evaluation.experiments.architecture;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.lang.ArchRule;

/// Which module may use which: the arrows of `docs/architecture.md`, by package.
final class ModuleArrows {

  private ModuleArrows() {}

  /// The rule for the packages below `root`, which is `dev.deed` for the product.
  ///
  /// The package `root` itself is the public API; it and `futures` are one module.
  static ArchRule below(String root) {
    return layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage(root + "..")
        .withOptionalLayers(true)
        .layer("lineage")
        .definedBy(root + ".lineage..")
        .layer("ownership")
        .definedBy(root + ".ownership..")
        .layer("transport")
        .definedBy(root + ".transport..")
        .layer("api")
        .definedBy(root)
        .layer("futures")
        .definedBy(root + ".futures..")
        .layer("simulator")
        .definedBy(root + ".faultinjection.simulator..")
        .layer("explorer")
        .definedBy(root + ".faultinjection.explorer..")
        .layer("chaos")
        .definedBy(root + ".faultinjection.chaos..")
        .layer("papers")
        .definedBy(root + ".papers..")
        .layer("evaluation")
        .definedBy(root + ".evaluation..")
        .whereLayer("lineage")
        .mayNotAccessAnyLayer()
        .whereLayer("ownership")
        .mayOnlyAccessLayers("lineage")
        .whereLayer("transport")
        .mayOnlyAccessLayers("lineage")
        .whereLayer("api")
        .mayOnlyAccessLayers("lineage", "ownership", "transport", "futures")
        .whereLayer("futures")
        .mayOnlyAccessLayers("lineage", "ownership", "transport", "api")
        .whereLayer("simulator")
        .mayOnlyAccessLayers("lineage", "ownership")
        .whereLayer("explorer")
        .mayOnlyAccessLayers("lineage", "ownership", "simulator")
        .whereLayer("chaos")
        .mayOnlyAccessLayers("lineage", "ownership", "api", "futures", "simulator", "explorer")
        .whereLayer("papers")
        .mayOnlyAccessLayers("api")
        .whereLayer("evaluation")
        .mayNotBeAccessedByAnyLayer()
        .ensureAllClassesAreContainedInArchitecture()
        .because("docs/architecture.md draws these arrows and no others");
  }
}
