package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.CodeMismatchException;
import dev.deed.Task0;
import dev.deed.lineage.WorkerId;
import dev.deed.transport.value.ClassVersion;
import dev.deed.transport.value.CodeCodec;
import dev.deed.transport.value.ReferenceHook;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A job that is resumed with other programs: each call is executed with the code that it was made
/// with.
class JobVersionsTest {
  private static final WorkerId WORKER = new WorkerId(1, 1);
  private static final WorkerId JOB = new WorkerId(2, 2);

  @TempDir Path folder;

  private final Set<WorkerId> away = ConcurrentHashMap.newKeySet();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  /// One version of the program: a task that tells which.
  private Path version(String name) throws IOException {
    return ShippedJobsTest.classes(
        folder,
        name,
        "app.Call",
        "(int x) implements dev.deed.Task0<String> {"
            + (" public String run() { return \"" + name + "\" + x + Late.WORD; }")
            + (" static class Late { static final String WORD = new String(\""
                + name
                + "\"); } }"));
  }

  /// A call as a driver with that version encodes it.
  private byte[] call(Path classes) throws Exception {
    URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()});
    open.add(loader);
    Object function = loader.loadClass("app.Call").getConstructors()[0].newInstance(1);
    JobCode code = new JobCode(JOB, loader, Codecs.of(loader));
    return code.functions().encode(function, ReferenceHook.NONE).payload().bytes();
  }

  private static Task0<?> decoded(JobCode code, byte[] call) {
    return code.functions().decode(call, Task0.class, ReferenceHook.NONE);
  }

  /// What the call returns, executed with the version that it was made with.
  private static Object result(ShippedJobs jobs, byte[] call) throws Exception {
    return decoded(jobs.of(JOB, CodeCodec.classes(call)), call).run();
  }

  /// A driver with this version resumes the job, and the worker has followed it.
  private void resume(Members members, String version, ShippedJobs worker) throws IOException {
    members.driver(version(version));
    worker.renew(JOB).run();
  }

  private ShippedJobs worker(String name, CodeDelivery.Source source) {
    JobCode own = new JobCode(WORKER, ClassLoader.getSystemClassLoader(), Codecs.ofProgram());
    ShippedJobs jobs =
        new ShippedJobs(own, source, folder.resolve(name), _ -> false, away::contains);
    open.add(jobs);
    return jobs;
  }

  /// The driver that is there, and the workers behind it.
  private static final class Members implements CodeDelivery.Source {
    final List<ShippedJobs> workers = new ArrayList<>();
    final List<Question.CodeParts> asked = new ArrayList<>();
    ShippedJobsTest.Driver driver;
    Path classes;

    Members(Path classes) {
      this.classes = classes;
      this.driver = new ShippedJobsTest.Driver(classes);
    }

    void driver(Path other) {
      classes = other;
      driver = new ShippedJobsTest.Driver(other);
    }

    @Override
    public synchronized byte[] parts(Question.CodeParts question, Duration patience)
        throws IOException {
      asked.add(question);
      try (URLClassLoader program = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
        if (question.classes().stream().allMatch(each -> each.isIn(program))) {
          return driver.parts(question, patience);
        }
      }
      for (ShippedJobs each : workers) {
        try {
          return CodePart.write(each.parts(question));
        } catch (Inquiry.RefusedException _) {
          // Another one may have it.
        }
      }
      throw new Inquiry.RefusedException("nobody has it");
    }

    @Override
    public void part(WorkerId job, CodePart part, Duration patience, Path to) throws IOException {
      try {
        driver.part(job, part, patience, to);
      } catch (Inquiry.RefusedException e) {
        for (ShippedJobs each : workers) {
          new ShippedJobsTest.Peer(each).part(job, part, patience, to);
        }
      }
    }
  }

  @Test
  void aCallOfAnEarlierDriverIsExecutedWithItsCode() throws Exception {
    byte[] one = call(version("one"));
    byte[] two = call(version("two"));
    Members members = new Members(version("one"));
    ShippedJobs worker = worker("code", members);
    assertThat(decoded(worker.of(JOB), one).run()).isEqualTo("one1one");
    resume(members, "two", worker);
    assertThat(decoded(worker.of(JOB), two).run()).isEqualTo("two1two");
    assertThatThrownBy(() -> decoded(worker.of(JOB), one))
        .isInstanceOf(dev.deed.transport.value.CodeMismatchException.class);
    assertThat(result(worker, one)).isEqualTo("one1one");
    assertThat(result(worker, two)).isEqualTo("two1two");
    assertThat(members.asked).hasSize(2);
  }

  @Test
  void aVersionThatComesAgainIsTheSame() throws Exception {
    Members members = new Members(version("one"));
    ShippedJobs worker = worker("code", members);
    JobCode first = worker.of(JOB);
    resume(members, "two", worker);
    assertThat(worker.of(JOB)).isNotSameAs(first);
    resume(members, "one", worker);
    assertThat(worker.of(JOB)).isSameAs(first);
  }

  @Test
  void aWorkerThatJoinsLaterHasAnEarlierVersionFromAnother() throws Exception {
    byte[] one = call(version("one"));
    Members members = new Members(version("one"));
    ShippedJobs first = worker("first", members);
    first.of(JOB);
    resume(members, "two", first);
    first.of(JOB);
    members.workers.add(first);
    ShippedJobs second = worker("second", members);
    assertThat(decoded(second.of(JOB), call(version("two"))).run()).isEqualTo("two1two");
    assertThat(result(second, one)).isEqualTo("one1one");
    int asked = members.asked.size();
    assertThat(result(second, one)).isEqualTo("one1one");
    assertThat(members.asked).hasSize(asked);
    // It has not become what the next calls are executed with.
    assertThat(decoded(second.of(JOB), call(version("two"))).run()).isEqualTo("two1two");
  }

  @Test
  void aVersionThatNobodyHasIsNamed() throws Exception {
    byte[] one = call(version("one"));
    Members members = new Members(version("two"));
    ShippedJobs worker = worker("code", members);
    worker.of(JOB);
    for (int round = 0; round < 2; round++) {
      assertThatThrownBy(() -> result(worker, one))
          .isInstanceOf(CodeMismatchException.class)
          .hasMessageContaining(CodeCodec.classes(one).getFirst().toString())
          .hasMessageContaining("can't be had: nobody has it");
    }
    // Who asks later may find it.
    assertThat(members.asked).hasSize(3);
  }

  @Test
  void whatTheWorkersOwnClassPathHasIsInNoOtherVersion() throws Exception {
    Members members = new Members(version("one"));
    ShippedJobs worker = worker("code", members);
    JobCode newest = worker.of(JOB);
    ClassVersion other = new ClassVersion("dev.deed.Deed", 1);
    assertThat(worker.of(JOB, List.of(other))).isSameAs(newest);
    assertThat(members.asked).hasSize(1);
  }

  @Test
  void aDriverThatDiesBeforeItIsAskedChangesNothing() throws Exception {
    Members members = new Members(version("one"));
    Path[] lost = new Path[1];
    ShippedJobs worker =
        worker(
            "code",
            new CodeDelivery.Source() {
              @Override
              public byte[] parts(Question.CodeParts question, Duration patience)
                  throws IOException {
                if (lost[0] != null) {
                  throw new IOException("no driver is there");
                }
                return members.parts(question, patience);
              }

              @Override
              public void part(WorkerId job, CodePart part, Duration patience, Path to)
                  throws IOException {
                members.part(job, part, patience, to);
              }
            });
    JobCode first = worker.of(JOB);
    Runnable renewed = worker.renew(JOB);
    lost[0] = folder;
    away.add(JOB);
    renewed.run();
    assertThat(worker.of(JOB)).isSameAs(first);
  }

  @Test
  void theOldestOfTooManyVersionsIsForgottenButWhatRunsWithItGoesOn() throws Exception {
    byte[] oldest = call(version("v0"));
    Members members = new Members(version("v0"));
    ShippedJobs worker = worker("code", members);
    // It has a class to load still.
    Task0<?> running = decoded(worker.of(JOB), oldest);
    for (int i = 1; i <= JobVersions.MOST; i++) {
      resume(members, "v" + i, worker);
      worker.of(JOB);
    }
    try (Stream<Path> versions = Files.list(folder.resolve("code").resolve(JOB.toString()))) {
      assertThat(versions).hasSize(JobVersions.MOST);
    }
    assertThat(running.run()).isEqualTo("v01v0");
    assertThat(result(worker, call(version("v1")))).isEqualTo("v11v1");
    assertThatThrownBy(() -> result(worker, oldest)).isInstanceOf(CodeMismatchException.class);
  }
}
