package dev.deed.futures.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// A program in one `.java` file, compiled.
///
/// @param classes the folder with its classes
/// @param mainClass full name of the class that is named as the file is
record SourceFile(Path classes, String mainClass) {
  private static final String SUFFIX = ".java";

  /// Whether a user who gives this as the main class means a file.
  static boolean isMeant(String main) {
    return main.endsWith(SUFFIX);
  }

  /// Compiles it into the folder of the run. Throws a [CommandException] with the compiler's first
  /// complaint.
  static SourceFile compile(String name, List<Path> classPath, Path folder) {
    Path source = Path.of(name);
    if (!Files.isRegularFile(source)) {
      throw CommandException.userError("there is no file '" + name + "': check its path.");
    }
    JavaCompiler compiler =
        Optional.ofNullable(ToolProvider.getSystemJavaCompiler())
            .orElseThrow(
                () -> CommandException.userError("this Java has no compiler: use a full JDK."));
    try {
      Path classes = Files.createDirectory(folder.resolve("classes"));
      DiagnosticCollector<JavaFileObject> complaints = new DiagnosticCollector<>();
      try (StandardJavaFileManager files =
          compiler.getStandardFileManager(complaints, Locale.ROOT, null)) {
        List<Path> all = new ArrayList<>(ClassPath.ofDeed());
        all.addAll(classPath);
        List<String> options =
            List.of("-d", classes.toString(), "-cp", ClassPath.join(all), "-proc:none");
        boolean ok =
            compiler
                .getTask(null, files, complaints, options, null, files.getJavaFileObjects(source))
                .call();
        if (!ok) {
          throw CommandException.userError("'" + name + "' does not compile: " + first(complaints));
        }
      }
      return new SourceFile(classes, mainClass(classes, source));
    } catch (IOException e) {
      throw new UncheckedIOException("compiling " + name, e);
    }
  }

  private static String first(DiagnosticCollector<JavaFileObject> complaints) {
    return complaints.getDiagnostics().stream()
        .filter(complaint -> complaint.getKind() == Diagnostic.Kind.ERROR)
        .findFirst()
        .map(e -> "line " + e.getLineNumber() + ": " + e.getMessage(Locale.ROOT))
        .orElse("the compiler does not say why")
        .replaceAll("\\s+", " ");
  }

  private static String mainClass(Path classes, Path source) throws IOException {
    String file = source.getFileName().toString().replace(SUFFIX, ".class");
    try (Stream<Path> all = Files.walk(classes)) {
      return all.filter(path -> path.endsWith(file))
          .findFirst()
          .map(path -> classes.relativize(path).toString().replace('/', '.'))
          .map(name -> name.substring(0, name.length() - ".class".length()))
          .orElseThrow(() ->
              CommandException.userError(
                  "'" + source + "' holds no class of that name: name the file as its class."));
    }
  }
}
