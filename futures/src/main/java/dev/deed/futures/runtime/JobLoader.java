package dev.deed.futures.runtime;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;

/// Finds the classes of one job: those of this worker's own class path first, then those that its
/// driver has sent. No job can define a class of Deed.
final class JobLoader extends URLClassLoader {
  static {
    registerAsParallelCapable();
  }

  private static final String OWN = "dev.deed.";

  JobLoader(List<Path> jars, ClassLoader parent) throws MalformedURLException {
    super("deed-job", urls(jars), parent);
  }

  private static URL[] urls(List<Path> jars) throws MalformedURLException {
    URL[] urls = new URL[jars.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = jars.get(i).toUri().toURL();
    }
    return urls;
  }

  /// Opens all jars: their classes can be found from here on though the files have no names any
  /// more.
  void openAll() {
    // None has it, so that each is looked into.
    findResource("dev/deed/none");
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (name.startsWith(OWN)) {
      throw new ClassNotFoundException(
          name + " is a name of Deed's own classes, which no job can bring along");
    }
    return super.findClass(name);
  }
}
