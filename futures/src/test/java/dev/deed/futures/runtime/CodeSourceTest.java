package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.Demand;
import dev.deed.lineage.WorkerId;
import dev.deed.ownership.Entry;
import dev.deed.ownership.Member;
import dev.deed.transport.value.ClassVersion;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whom a worker asks for the code of a job, and what it makes of refusals.
class CodeSourceTest {
  private static final WorkerId SELF = new WorkerId(1, 1);
  private static final WorkerId FIRST = new WorkerId(2, 2);
  private static final WorkerId SECOND = new WorkerId(3, 3);
  private static final WorkerId DRIVER = new WorkerId(9, 9);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Question.CodeParts NEWEST =
      new Question.CodeParts(DRIVER, List.of(), List.of());
  private static final Question.CodeParts EARLIER =
      new Question.CodeParts(DRIVER, List.of(), List.of(new ClassVersion("app.Main", 1)));

  @TempDir Path folder;

  private final AnsweringEnds ends = new AnsweringEnds();
  private final JobBook book = new JobBook();
  private final Map<WorkerId, InquiryServer.Answers> answers = new HashMap<>();
  private final List<WorkerId> asked = new ArrayList<>();
  private final CodeSource source = new CodeSource(SELF, book, this::dial);
  private long entries;

  @BeforeEach
  void join() {
    for (WorkerId each : List.of(SELF, FIRST, SECOND, DRIVER)) {
      boolean driver = each.equals(DRIVER);
      follow(new Entry.Join(new Member(each, "host", "a", 1, 1, driver, Demand.ONE_CPU)));
    }
  }

  @AfterEach
  void close() throws Exception {
    ends.close();
  }

  private void follow(Entry entry) {
    book.follow(++entries, entry);
  }

  private java.nio.channels.SocketChannel dial(WorkerId member) throws IOException {
    asked.add(member);
    InquiryServer.Answers answer = answers.get(member);
    if (answer == null) {
      throw new ConnectException("nobody listens");
    }
    return ends.to(answer);
  }

  private void answers(WorkerId member, String text) {
    answers.put(member, _ -> InquiryServer.Reply.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  private void refuses(WorkerId member) {
    answers.put(
        member,
        _ -> {
          throw new Inquiry.RefusedException("not " + member.brief());
        });
  }

  @Test
  void theNewestVersionIsTheDriversAlone() throws Exception {
    refuses(DRIVER);
    answers(FIRST, "another");
    assertThatThrownBy(() -> source.parts(NEWEST, PATIENCE))
        .isInstanceOf(Inquiry.RefusedException.class)
        .hasMessage("not " + DRIVER.brief());
    assertThat(asked).containsExactly(DRIVER);
  }

  @Test
  void anEarlierVersionIsAskedOfTheDriverAndThenOfAllWorkers() throws Exception {
    refuses(DRIVER);
    // The first one is not reached.
    answers(SECOND, "parts");
    assertThat(source.parts(EARLIER, PATIENCE)).asString().isEqualTo("parts");
    assertThat(asked).containsExactly(DRIVER, FIRST, SECOND);
    Path file = Files.createFile(folder.resolve("part"));
    CodePart part = new CodePart(Question.Digest.of(new byte[32]), 5);
    source.part(DRIVER, part, PATIENCE, file);
    assertThat(file).hasContent("parts");
  }

  @Test
  void aVersionThatAllRefuseIsNowhere() {
    List.of(DRIVER, FIRST, SECOND).forEach(this::refuses);
    assertThatThrownBy(() -> source.parts(EARLIER, PATIENCE))
        .isInstanceOf(Inquiry.RefusedException.class)
        .hasMessage("neither its driver nor another worker has it");
  }

  @Test
  void whoIsNotReachedMayHaveIt() {
    List.of(DRIVER, SECOND).forEach(this::refuses);
    assertThatThrownBy(() -> source.parts(EARLIER, PATIENCE)).isInstanceOf(ConnectException.class);
  }

  @Test
  void theNextDriverMayHaveWhatAllWorkersRefuse() {
    follow(new Entry.Death(DRIVER, true, "killed"));
    List.of(FIRST, SECOND).forEach(this::refuses);
    for (Question.CodeParts each : List.of(NEWEST, EARLIER)) {
      assertThatThrownBy(() -> source.parts(each, PATIENCE))
          .isNotInstanceOf(Inquiry.RefusedException.class)
          .hasMessageContaining("no driver");
    }
    assertThat(asked).containsExactly(FIRST, SECOND, FIRST, SECOND);
  }
}
