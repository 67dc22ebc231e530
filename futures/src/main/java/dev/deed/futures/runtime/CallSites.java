package dev.deed.futures.runtime;

import dev.deed.lineage.TaskSpec.Origin;
import java.io.Serializable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Names calls for people: what is called, and where the call stands.
/*
 * The JVM makes a class for each place in the source that has a lambda or method reference, so one walk
 * of the stack at the first call names all calls of that place. Where one function object is handed to several
 * calls, the first one's place stands for all. Rejected: a walk for each call (about 2 µs, several times
 * the rest of a submit).
 */
final class CallSites {
  private static final StackWalker WALKER = StackWalker.getInstance();
  private static final String RUNTIME_PACKAGE = CallSites.class.getPackageName();

  private final ClassValue<Place> places =
      new ClassValue<>() {
        @Override
        protected Place computeValue(Class<?> type) {
          return new Place();
        }
      };

  /// What is known of the calls of one function class.
  private static final class Place {
    volatile @Nullable Origin origin;
  }

  /// The origin of a call of `function`, one of `code`, that is being made on this thread.
  Origin of(JobCode code, Serializable function) {
    Place place = places.get(function.getClass());
    Origin known = place.origin;
    if (known == null) {
      known = new Origin(withoutPlace(code.functions().name(function)), here());
      place.origin = known;
    }
    return known;
  }

  /// A lambda is named with its line, which the call site tells anyway.
  private static String withoutPlace(String name) {
    int place = name.indexOf(" at ");
    return place < 0 ? name : name.substring(0, place);
  }

  /// The innermost frame of the program on this thread: `Class.method(File.java:line)`.
  static String here() {
    Optional<StackWalker.StackFrame> frame =
        WALKER.walk(frames -> frames.filter(CallSites::isProgram).findFirst());
    return frame.map(CallSites::text).orElse("");
  }

  private static boolean isProgram(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    int dot = name.lastIndexOf('.');
    String packageName = dot < 0 ? "" : name.substring(0, dot);
    return !packageName.equals("dev.deed") && !packageName.equals(RUNTIME_PACKAGE);
  }

  private static String text(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    return name.substring(name.lastIndexOf('.') + 1)
        + "."
        + frame.getMethodName()
        + "("
        + frame.getFileName()
        + ":"
        + frame.getLineNumber()
        + ")";
  }
}
