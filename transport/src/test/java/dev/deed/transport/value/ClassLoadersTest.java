package dev.deed.transport.value;

import static dev.deed.transport.value.Samples.HOOK;
import static dev.deed.transport.value.Samples.roundTrip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.transport.value.Samples.Handle;
import dev.deed.transport.value.Samples.Task1;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sender and receiver with class loaders of their own, as a driver and the workers of a job have.
class ClassLoadersTest {
  @TempDir Path folder;

  private URLClassLoader job(String name, String body, String fields) throws IOException {
    Path root = Files.createDirectories(folder.resolve(name));
    Path source = root.resolve("Job.java");
    Files.writeString(
        source,
        """
        package job;
        import dev.deed.transport.value.JobFunction;
        public class Job {
          public record Data(%s) {}
          public static JobFunction lambda() { return x -> %s; }
          public static JobFunction reference() { return Job::named; }
          public static int named(int x) { return %s; }
          public static Object data() throws Exception {
            return Data.class.getConstructors()[0].newInstance(1, 2);
          }
        }
        """
            .formatted(fields, body, body));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int result =
        compiler.run(
            null,
            null,
            null,
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            root.toString(),
            source.toString());
    assertThat(result).isZero();
    return loader(root);
  }

  private static URLClassLoader loader(Path root) throws MalformedURLException {
    return new URLClassLoader(
        new URL[] {root.toUri().toURL()}, ClassLoadersTest.class.getClassLoader());
  }

  private static ValueCodec values(ClassLoader loader) {
    return new ValueCodec(loader, Handle.class::isAssignableFrom);
  }

  private static CodeCodec code(ClassLoader loader) {
    return new CodeCodec(values(loader), (_, _) -> {});
  }

  private static Object call(ClassLoader loader, String method)
      throws ReflectiveOperationException {
    return loader.loadClass("job.Job").getMethod(method).invoke(null);
  }

  @Test
  void functionsAreResolvedInTheReceiversLoader() throws Exception {
    try (URLClassLoader sender = job("a", "x + 1", "int a, int b");
        URLClassLoader receiver = loader(folder.resolve("a"))) {
      for (String method : new String[] {"lambda", "reference"}) {
        Object function = call(sender, method);
        byte[] bytes = code(sender).encode(function, HOOK).payload().bytes();
        JobFunction back = code(receiver).decode(bytes, JobFunction.class, HOOK);
        assertThat(back.run(4)).isEqualTo(5);
        assertThat(back.getClass().getClassLoader()).isSameAs(receiver);
      }
      byte[] bytes = values(sender).encode(call(sender, "data"), HOOK).payload().bytes();
      Object data = Objects.requireNonNull(values(receiver).decode(bytes, HOOK));
      assertThat(data).hasToString("Data[a=1, b=2]");
      assertThat(data.getClass().getClassLoader()).isSameAs(receiver);
    }
  }

  @Test
  void otherBytesOfTheSameClassAreRefusedWithBothHashes() throws Exception {
    try (URLClassLoader sender = job("a", "x + 1", "int a, int b");
        URLClassLoader receiver = job("b", "x + 2", "int a, int b")) {
      byte[] bytes = code(sender).encode(call(sender, "lambda"), HOOK).payload().bytes();
      CodeCodec there = code(receiver);
      assertThatThrownBy(() -> there.decode(bytes, JobFunction.class, HOOK))
          .isInstanceOfSatisfying(
              CodeMismatchException.class,
              e -> {
                assertThat(e.className()).isEqualTo("job.Job");
                assertThat(e.expected()).isEqualTo(hash(sender));
                assertThat(e.found()).isEqualTo(hash(receiver));
                assertThat(e).hasMessageContaining(String.format("%016x", e.expected()));
              });
    }
  }

  @Test
  void theClassesOfAFunctionTellItsVersion() throws Exception {
    try (URLClassLoader sender = job("a", "x + 1", "int a, int b");
        URLClassLoader same = loader(folder.resolve("a"));
        URLClassLoader other = job("b", "x + 2", "int a, int b")) {
      byte[] bytes = code(sender).encode(call(sender, "lambda"), HOOK).payload().bytes();
      assertThat(CodeCodec.classes(bytes))
          .containsExactly(new ClassVersion("job.Job", hash(sender)));
      ClassVersion version = CodeCodec.classes(bytes).getFirst();
      assertThat(version.isIn(same)).isTrue();
      assertThat(version.isOtherIn(same)).isFalse();
      assertThat(version.isIn(other)).isFalse();
      assertThat(version.isOtherIn(other)).isTrue();
      assertThat(version.isIn(ClassLoader.getSystemClassLoader())).isFalse();
      assertThat(version.isOtherIn(ClassLoader.getSystemClassLoader())).isFalse();
    }
  }

  private static long hash(ClassLoader loader) {
    try {
      return ClassFiles.hash(loader.loadClass("job.Job"));
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aRecordWithOtherFieldsIsRefused() throws Exception {
    try (URLClassLoader sender = job("a", "x", "int a, int b");
        URLClassLoader receiver = job("b", "x", "int a, long c")) {
      byte[] bytes = values(sender).encode(call(sender, "data"), HOOK).payload().bytes();
      ValueCodec there = values(receiver);
      assertThatThrownBy(() -> there.decode(bytes, HOOK))
          .isInstanceOf(NotDecodableException.class)
          .hasMessageContaining("other fields");
    }
  }

  @Test
  void aFunctionOfAClassThatIsNotThereIsRefused() throws Exception {
    try (URLClassLoader sender = job("a", "x", "int a, int b")) {
      byte[] bytes = code(sender).encode(call(sender, "lambda"), HOOK).payload().bytes();
      assertThatThrownBy(() -> Samples.CODE.decode(bytes, JobFunction.class, HOOK))
          .isInstanceOf(NotDecodableException.class)
          .hasMessageContaining("job.Job");
      assertThatThrownBy(() -> roundTrip(call(sender, "data")))
          .isInstanceOf(NotEncodableException.class)
          .hasMessageContaining("Job.Data (job.Job$Data) can't be sent");
      assertThatThrownBy(() -> Samples.CODE.encode(call(sender, "lambda"), HOOK))
          .isInstanceOf(NotEncodableException.class)
          .hasMessageContaining("job.Job");
      Task1<Integer, Integer> local = x -> x;
      assertThat(Samples.CODE.name(local)).startsWith("ClassLoadersTest.");
    }
  }
}
