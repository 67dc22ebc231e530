package dev.deed.evaluation.experiments.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.MonitorInstruction;

/// Finds `synchronized` blocks, which ArchUnit's model of a class leaves out.
final class EnterMonitors extends ArchCondition<JavaClass> {

  EnterMonitors() {
    super("enter a monitor");
  }

  @Override
  public void check(JavaClass type, ConditionEvents events) {
    for (MethodModel method : read(type).methods()) {
      boolean enters =
          method.code().stream()
              .flatMap(code -> code.elementStream())
              .anyMatch(MonitorInstruction.class::isInstance);
      String verb = enters ? " enters a monitor" : " enters no monitor";
      events.add(
          new SimpleConditionEvent(
              type, enters, type.getName() + "." + method.methodName().stringValue() + verb));
    }
  }

  private static ClassModel read(JavaClass type) {
    var source =
        type.getSource()
            .orElseThrow(() -> new IllegalStateException("no class file for " + type.getName()));
    try (InputStream in = source.getUri().toURL().openStream()) {
      return ClassFile.of().parse(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the class file of " + type.getName(), e);
    }
  }
}
