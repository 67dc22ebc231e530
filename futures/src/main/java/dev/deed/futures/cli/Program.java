package dev.deed.futures.cli;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/// A user's program: a class with a `main`, what it needs, and its arguments; known to exist.
///
/// @param mainClass full name of the class
/// @param classPath entries after those of Deed
/// @param arguments as the program gets them
record Program(String mainClass, List<Path> classPath, List<String> arguments) {

  /// Finds a program on a class path.
  static Program onClassPath(List<Path> classPath, String mainClass, List<String> arguments) {
    try (URLClassLoader loader = loader(classPath)) {
      ClassModel model =
          find(loader, mainClass)
              .orElseThrow(() ->
                  CommandException.userError(
                      "there is no class "
                          + mainClass
                          + " on the class path: give its full name, and where it is by"
                          + " --class-path or --jar."));
      if (!hasMain(loader, model)) {
        throw CommandException.userError(
            "class " + mainClass + " has no method main: name a class that has one.");
      }
    } catch (IOException e) {
      throw CommandException.userError(
          "class " + mainClass + " can't be read: " + e.getMessage() + ".", e);
    }
    return new Program(mainClass, classPath, arguments);
  }

  /// Finds a program in a jar. The first of `words` is its main class if the jar holds a class of
  /// that name; else the manifest names the main class, and all words are arguments.
  static Program inJar(String jarName, List<String> words) {
    Path jar = Path.of(jarName).toAbsolutePath().normalize();
    if (!Files.isRegularFile(jar)) {
      throw CommandException.userError(
          "there is no jar '" + jarName + "': build it, or name another by --jar.");
    }
    Optional<String> manifest = mainOf(jar, jarName);
    List<Path> classPath = List.of(jar);
    if (!words.isEmpty() && (manifest.isEmpty() || holds(classPath, words.getFirst()))) {
      return onClassPath(classPath, words.getFirst(), words.subList(1, words.size()));
    }
    String main =
        manifest.orElseThrow(() ->
            CommandException.userError(
                "the manifest of '" + jarName + "' names no main class: give one as MAIN."));
    return onClassPath(classPath, main, words);
  }

  private static Optional<String> mainOf(Path jar, String jarName) {
    try (JarFile file = new JarFile(jar.toFile())) {
      return Optional.ofNullable(file.getManifest())
          .map(manifest -> manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS));
    } catch (IOException e) {
      throw CommandException.userError(
          "'" + jarName + "' is no jar that can be read: build it again.", e);
    }
  }

  private static boolean holds(List<Path> classPath, String name) {
    try (URLClassLoader loader = new URLClassLoader(ClassPath.urls(classPath), null)) {
      return loader.findResource(file(name)) != null;
    } catch (IOException e) {
      throw CommandException.userError("'" + classPath + "' can't be read.", e);
    }
  }

  private static URLClassLoader loader(List<Path> classPath) {
    List<Path> all = new ArrayList<>(ClassPath.ofDeed());
    all.addAll(classPath);
    return new URLClassLoader(ClassPath.urls(all), ClassLoader.getPlatformClassLoader());
  }

  private static String file(String className) {
    return className.replace('.', '/') + ".class";
  }

  private static Optional<ClassModel> find(ClassLoader loader, String name) throws IOException {
    try (@Nullable InputStream bytes = loader.getResourceAsStream(file(name))) {
      return bytes == null
          ? Optional.empty()
          : Optional.of(ClassFile.of().parse(bytes.readAllBytes()));
    } catch (IllegalArgumentException e) {
      throw CommandException.userError("class " + name + " is damaged: compile it again.", e);
    }
  }

  /// Whether it or a class above it declares one; which of them starts is up to the JVM.
  private static boolean hasMain(ClassLoader loader, ClassModel model) throws IOException {
    if (model.methods().stream().anyMatch(method -> method.methodName().equalsString("main"))) {
      return true;
    }
    String above =
        model.superclass().map(type -> type.asInternalName().replace('/', '.')).orElse("");
    Optional<ClassModel> parent = above.isEmpty() ? Optional.empty() : find(loader, above);
    return parent.isPresent() && hasMain(loader, parent.get());
  }
}
