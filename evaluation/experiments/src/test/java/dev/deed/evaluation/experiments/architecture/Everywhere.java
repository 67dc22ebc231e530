package dev.deed.evaluation.experiments.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.util.List;

/// Rules for every module, below a root package such as `dev.deed`.
final class Everywhere {

  private static final List<Class<?>> BARE =
      List.of(RuntimeException.class, Exception.class, Error.class, Throwable.class);

  private Everywhere() {}

  static ArchRule nothingIsJavaDeserialized(String root) {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ObjectInputStream.class)
        .because("bytes from a peer must never choose the code that runs");
  }

  static ArchRule noErrorIsBare(String root) {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .should()
        .callConstructorWhere(
            describe("a bare exception is made", call -> makesBare(call) && !isSuper(call)))
        .because("a caller can only act on an error that has a type of its own");
  }

  private static boolean makesBare(JavaConstructorCall call) {
    return BARE.stream().anyMatch(call.getTargetOwner()::isEquivalentTo);
  }

  private static boolean isSuper(JavaConstructorCall call) {
    return call.getOrigin().isConstructor()
        && call.getOriginOwner()
            .getRawSuperclass()
            .filter(call.getTargetOwner()::equals)
            .isPresent();
  }
}
