package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.CodeMismatchException;
import dev.deed.lineage.WorkerId;
import dev.deed.transport.value.NotDecodableException;
import dev.deed.transport.value.ReferenceHook;
import java.io.IOException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The way of a program's classes from its driver to a worker, without the network between them.
class ShippedJobsTest {
  private static final WorkerId WORKER = new WorkerId(1, 1);
  private static final WorkerId FIRST = new WorkerId(2, 2);
  private static final WorkerId SECOND = new WorkerId(3, 3);

  @TempDir Path folder;

  private final Set<WorkerId> dead = ConcurrentHashMap.newKeySet();
  private final Set<WorkerId> away = ConcurrentHashMap.newKeySet();

  private Path classes(String name, String className, String body) throws IOException {
    return classes(folder, name, className, body);
  }

  /// A folder with the classes of a record whose declaration goes on with `body`.
  static Path classes(Path folder, String name, String className, String body) throws IOException {
    Path source = Files.createDirectories(folder.resolve("src-" + name));
    String simple = className.substring(className.lastIndexOf('.') + 1);
    String declared = className.substring(0, className.lastIndexOf('.'));
    Path file = source.resolve(simple + ".java");
    Files.writeString(file, "package " + declared + "; public record " + simple + body);
    Path classes = Files.createDirectories(folder.resolve("classes-" + name));
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                file.toString());
    assertThat(failed).isZero();
    return classes;
  }

  /// A driver's code, as a worker gets it.
  static class Driver implements CodeDelivery.Source {
    final ProgramCode code;
    int asked;

    Driver(Path... classPath) {
      code =
          new ProgramCode(
              String.join(":", List.of(classPath).stream().map(Path::toString).toList()));
    }

    @Override
    public byte[] parts(Question.CodeParts known, Duration patience) throws IOException {
      asked++;
      return CodePart.write(code.parts(known.known()));
    }

    @Override
    public void part(WorkerId job, CodePart part, Duration patience, Path to) throws IOException {
      InquiryServer.Reply reply = code.part(part.digest());
      Files.write(to, bytes(reply.bytes(), (int) reply.length()));
    }

    static byte[] bytes(ReadableByteChannel from, int length) throws IOException {
      ByteBuffer all = ByteBuffer.allocate(length);
      while (all.hasRemaining()) {
        assertThat(from.read(all)).isPositive();
      }
      return all.array();
    }
  }

  private ShippedJobs jobs(CodeDelivery.Source source) {
    return jobs(source, "code");
  }

  private ShippedJobs jobs(CodeDelivery.Source source, String name) {
    JobCode own = new JobCode(WORKER, ClassLoader.getSystemClassLoader(), Codecs.ofProgram());
    return new ShippedJobs(own, source, folder.resolve(name), dead::contains, away::contains);
  }

  /// The bytes of an object of the program's class, as its driver encodes it.
  private static byte[] value(Path classes, String className, Object... parts) throws Exception {
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      Object value = loader.loadClass(className).getConstructors()[0].newInstance(parts);
      return Codecs.of(loader).encode(value, ReferenceHook.NONE).payload().bytes();
    }
  }

  @Test
  void eachJobHasItsOwnClassOfAName() throws Exception {
    Path one =
        classes("one", "app.Thing", "(int x) { public String toString() { return \"one\" + x; } }");
    Path two =
        classes("two", "app.Thing", "(int x) { public String toString() { return \"two\" + x; } }");
    Driver first = new Driver(one);
    Driver second = new Driver(two);
    CodeDelivery.Source both =
        new CodeDelivery.Source() {
          private Driver of(WorkerId job) {
            return job.equals(FIRST) ? first : second;
          }

          @Override
          public byte[] parts(Question.CodeParts known, Duration patience) throws IOException {
            return of(known.job()).parts(known, patience);
          }

          @Override
          public void part(WorkerId job, CodePart part, Duration patience, Path to)
              throws IOException {
            of(job).part(job, part, patience, to);
          }
        };
    try (ShippedJobs jobs = jobs(both)) {
      for (int round = 0; round < 2; round++) {
        assertThat(decoded(jobs, FIRST, value(one, "app.Thing", 1))).hasToString("one1");
        assertThat(decoded(jobs, SECOND, value(two, "app.Thing", 2))).hasToString("two2");
      }
      assertThat(first.asked).isOne();
    }
    assertThat(folder.resolve("code")).doesNotExist();
  }

  private static Object decoded(ShippedJobs jobs, WorkerId job, byte[] value) {
    return java.util.Objects.requireNonNull(
        jobs.of(job).values().decode(value, ReferenceHook.NONE));
  }

  @Test
  void theCodeOfAJobIsFreedWithItsDriver() throws Exception {
    Path one = classes("one", "app.Thing", "(int x) {}");
    try (ShippedJobs jobs = jobs(new Driver(one))) {
      assertThat(decoded(jobs, FIRST, value(one, "app.Thing", 1))).hasToString("Thing[x=1]");
      ClassLoader loader = jobs.of(FIRST).loader();
      // Fory keeps records' classes (docs/decisions.md); what is Deed's own must go.
      ReferenceQueue<Object> freed = new ReferenceQueue<>();
      WeakReference<Object> code = new WeakReference<>(jobs.of(FIRST), freed);
      assertThat(folder.resolve("code").resolve(FIRST.toString())).isNotEmptyDirectory();
      jobs.ended(FIRST);
      assertThat(folder.resolve("code").resolve(FIRST.toString())).doesNotExist();
      assertThat(loader.getResource("app/Thing.class")).isNull();
      System.gc();
      assertThat(freed.remove(20_000)).isSameAs(code);
    }
  }

  @Test
  void aDriverThatDiedBeforeItsCodeCameLeavesNothing() throws Exception {
    Path one = classes("one", "app.Thing", "(int x) {}");
    dead.add(FIRST);
    try (ShippedJobs jobs = jobs(new Driver(one))) {
      assertThat(jobs.of(FIRST).job()).isEqualTo(FIRST);
    }
    assertThat(folder.resolve("code")).doesNotExist();
  }

  /// The first question of either kind finds the connection broken, one in the middle of a part.
  private static final class Shaky extends Driver {
    private int parts;

    Shaky(Path... classPath) {
      super(classPath);
    }

    @Override
    public byte[] parts(Question.CodeParts known, Duration patience) throws IOException {
      byte[] parts = super.parts(known, patience);
      if (asked == 1) {
        throw new IOException("cut");
      }
      return parts;
    }

    @Override
    public void part(WorkerId job, CodePart part, Duration patience, Path to) throws IOException {
      if (++parts == 1) {
        Files.write(to, new byte[] {1});
        throw new IOException("cut");
      }
      super.part(job, part, patience, to);
    }
  }

  @Test
  void aBrokenConnectionIsMadeAgain() throws Exception {
    Path one = classes("one", "app.Thing", "(int x) {}");
    Shaky driver = new Shaky(one);
    try (ShippedJobs jobs = jobs(driver)) {
      assertThat(decoded(jobs, FIRST, value(one, "app.Thing", 1))).hasToString("Thing[x=1]");
      assertThat(driver.asked).isEqualTo(2);
      assertThat(driver.parts).isEqualTo(2);
    }
  }

  @Test
  void aWorkerHasTheCodeFromAnotherWhileThereIsNoDriver() throws Exception {
    Path one = classes("one", "app.Thing", "(int x) {}");
    byte[] value = value(one, "app.Thing", 1);
    try (ShippedJobs first = jobs(new Driver(one));
        ShippedJobs second = jobs(new Peer(first), "second")) {
      assertThatThrownBy(() -> first.parts(asked(List.of())))
          .isInstanceOf(Inquiry.RefusedException.class)
          .hasMessageContaining("does not have the code");
      assertThat(decoded(first, FIRST, value)).hasToString("Thing[x=1]");
      assertThat(decoded(second, FIRST, value)).hasToString("Thing[x=1]");
      // The one that lacks a jar of the other's class path would lack it with these parts, too.
      assertThatThrownBy(() -> second.parts(asked(List.of())))
          .isInstanceOf(Inquiry.RefusedException.class)
          .hasMessageContaining("jars that the asker lacks");
      assertThatThrownBy(() -> second.part(Question.Digest.of(new byte[32])))
          .isInstanceOf(Inquiry.RefusedException.class);
      first.ended(FIRST);
      assertThatThrownBy(() -> first.part(second.parts(asked(known())).getFirst().digest()))
          .isInstanceOf(Inquiry.RefusedException.class);
    }
  }

  private static Question.CodeParts asked(List<Question.KnownJar> known) {
    return new Question.CodeParts(FIRST, known, List.of());
  }

  private static List<Question.KnownJar> known() throws IOException {
    return ClassPathFiles.jars(ClassPathFiles.of(System.getProperty("java.class.path")));
  }

  /// Another worker, asked in the driver's place.
  record Peer(ShippedJobs jobs) implements CodeDelivery.Source {
    @Override
    public byte[] parts(Question.CodeParts question, Duration patience) throws IOException {
      return CodePart.write(jobs.parts(question));
    }

    @Override
    public void part(WorkerId job, CodePart part, Duration patience, Path to) throws IOException {
      InquiryServer.Reply reply = jobs.part(part.digest());
      try (ReadableByteChannel bytes = reply.bytes()) {
        Files.write(to, Driver.bytes(bytes, (int) reply.length()));
      }
    }
  }

  /// Another driver with other code comes while the code is fetched.
  private abstract static class Changing extends Driver {
    final Driver next;
    boolean changed;

    Changing(Path classPath, Path nextClassPath) {
      super(classPath);
      next = new Driver(nextClassPath);
    }

    @Override
    public byte[] parts(Question.CodeParts question, Duration patience) throws IOException {
      return changed ? next.parts(question, patience) : super.parts(question, patience);
    }

    @Override
    public void part(WorkerId job, CodePart part, Duration patience, Path to) throws IOException {
      if (changed) {
        next.part(job, part, patience, to);
      } else {
        changed = true;
        changed(job, part, patience, to);
      }
    }

    abstract void changed(WorkerId job, CodePart part, Duration patience, Path to)
        throws IOException;
  }

  @Test
  void theNextDriverIsAskedAnewForPartsThatItDoesNotHave() throws Exception {
    Path one = classes("one", "app.Thing", "(int x) {}");
    Path two = classes("two", "app.Thing", "(int x, int y) {}");
    Changing source =
        new Changing(one, two) {
          @Override
          void changed(WorkerId job, CodePart part, Duration patience, Path to) throws IOException {
            next.part(job, part, patience, to);
          }
        };
    try (ShippedJobs jobs = jobs(source)) {
      byte[] value = value(two, "app.Thing", 1, 2);
      assertThat(decoded(jobs, FIRST, value)).hasToString("Thing[x=1, y=2]");
    }
  }

  @Test
  void aTaskOfTheNextDriverIsNotExecutedWithTheCodeThatWasComing() throws Exception {
    Path one = classes("one", "app.Thing", "(int x) {}");
    Path two = classes("two", "app.Thing", "(int x, int y) {}");
    ShippedJobs[] jobs = new ShippedJobs[1];
    Changing source =
        new Changing(one, two) {
          @Override
          void changed(WorkerId job, CodePart part, Duration patience, Path to) throws IOException {
            jobs[0].renew(job).run();
            // The first one answers what it was asked.
            InquiryServer.Reply reply = code.part(part.digest());
            Files.write(to, bytes(reply.bytes(), (int) reply.length()));
          }
        };
    try (ShippedJobs made = jobs(source)) {
      jobs[0] = made;
      byte[] value = value(two, "app.Thing", 1, 2);
      assertThat(decoded(made, FIRST, value)).hasToString("Thing[x=1, y=2]");
    }
  }

  @Test
  void whatTheDriverRefusesIsNotAskedAgain() throws Exception {
    Driver refusing =
        new Driver() {
          @Override
          public byte[] parts(Question.CodeParts known, Duration patience) throws IOException {
            asked++;
            throw new Inquiry.RefusedException("not for you");
          }
        };
    try (ShippedJobs jobs = jobs(refusing)) {
      assertThatThrownBy(() -> jobs.of(FIRST)).hasMessageContaining("not for you");
      assertThat(refusing.asked).isOne();
    }
  }

  @Test
  void bytesThatAreNotWhatTheirNameSaysAreRefused() throws Exception {
    Path one = classes("one", "app.Thing", "(int x) {}");
    Driver lying =
        new Driver(one) {
          @Override
          public void part(WorkerId job, CodePart part, Duration patience, Path to)
              throws IOException {
            Files.write(to, new byte[(int) part.size()]);
          }
        };
    try (ShippedJobs jobs = jobs(lying)) {
      assertThatThrownBy(() -> jobs.of(FIRST))
          .isInstanceOf(CodeMismatchException.class)
          .hasMessageContaining("other bytes than its name says");
      // The next task asks anew.
      assertThatThrownBy(() -> jobs.of(FIRST)).isInstanceOf(CodeMismatchException.class);
      assertThat(lying.asked).isEqualTo(2);
    }
  }

  @Test
  void aClassThatTheDriverDoesNotHaveIsNamed() throws Exception {
    Path one = classes("one", "app.Thing", "(int x) {}");
    Path other = classes("other", "app.Other", "(int x) {}");
    byte[] value = value(other, "app.Other", 1);
    try (ShippedJobs jobs = jobs(new Driver(one))) {
      assertThatThrownBy(() -> decoded(jobs, FIRST, value))
          .isInstanceOfSatisfying(
              NotDecodableException.class, e -> assertThat(e.missingClass()).contains("app.Other"))
          .hasMessageContaining("app.Other");
    }
  }

  @Test
  void noJobBringsClassesOfDeed() throws Exception {
    Path one = classes("one", "dev.deed.Evil", "(int x) {}");
    Path jar = folder.resolve("evil.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new ZipEntry("dev/deed/Evil.class"));
      Files.copy(one.resolve("dev/deed/Evil.class"), out);
      out.closeEntry();
    }
    assertThat(FolderJar.of(one).isEmpty()).isTrue();
    try (ShippedJobs jobs = jobs(new Driver(jar))) {
      ClassLoader loader = jobs.of(FIRST).loader();
      assertThatThrownBy(() -> loader.loadClass("dev.deed.Evil"))
          .isInstanceOf(ClassNotFoundException.class);
      assertThat(loader.loadClass("dev.deed.Deed")).isSameAs(dev.deed.Deed.class);
    }
  }

  @Test
  void jarsThatTheWorkerHasAreNotSent() throws Exception {
    Path jar = jar("own.jar", "");
    Path lib = jar("lib.jar", "");
    Path app = jar("app.jar", "lib.jar missing.jar");
    try (ProgramCode code = new ProgramCode(jar + ":" + app)) {
      List<Question.KnownJar> known = ClassPathFiles.jars(List.of(jar, lib));
      assertThat(code.parts(known)).hasSize(1);
      assertThat(code.parts(List.of())).hasSize(3);
    }
    assertThat(ClassPathFiles.of(app + ":" + folder.resolve("none"))).containsExactly(app, lib);
  }

  private Path jar(String name, String classPath) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_TITLE, name);
    if (!classPath.isEmpty()) {
      manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
    }
    Path jar = folder.resolve(name);
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return jar;
  }

  @Test
  void equalFoldersAreEqualParts() throws Exception {
    List<CodePart> parts = new ArrayList<>();
    for (String name : List.of("one", "two")) {
      Path classes = classes(name, "app.Thing", "(int x) {}");
      Files.setLastModifiedTime(
          classes.resolve("app/Thing.class"),
          java.nio.file.attribute.FileTime.fromMillis(name.length() * 1_000_000L + parts.size()));
      try (ProgramCode code = new ProgramCode(classes.toString())) {
        parts.addAll(code.parts(List.of()));
      }
    }
    assertThat(parts).hasSize(2);
    assertThat(parts.getFirst()).isEqualTo(parts.getLast());
  }

  @Test
  void tooMuchCodeIsRefusedBeforeItIsFetched() throws Exception {
    CodePart huge = new CodePart(Question.Digest.of(new byte[32]), CodePart.MOST_BYTES + 1);
    CodeDelivery.Source source =
        new CodeDelivery.Source() {
          @Override
          public byte[] parts(Question.CodeParts known, Duration patience) {
            return CodePart.write(List.of(huge));
          }

          @Override
          public void part(WorkerId job, CodePart part, Duration patience, Path to) {
            throw new AssertionError("it must not be asked for");
          }
        };
    try (ShippedJobs jobs = jobs(source)) {
      assertThatThrownBy(() -> jobs.of(FIRST)).hasMessageContaining("too large parts");
    }
  }
}
