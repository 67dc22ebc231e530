package dev.deed.futures.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.MemoryReport;
import dev.deed.ObjectId;
import dev.deed.TaskId;
import dev.deed.WorkerId;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Questions and answers on a connection.
class InquiryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Question ANY = new Question.Memory();

  private final AnsweringEnds ends = new AnsweringEnds();

  @AfterEach
  void close() throws Exception {
    ends.close();
  }

  private SocketChannel to(InquiryServer.Answers answers) throws IOException {
    return ends.to(answers);
  }

  @Test
  void anAnswerComesWhole() throws Exception {
    byte[] large = new byte[3 << 20];
    new java.util.Random(1).nextBytes(large);
    SocketChannel channel = to(_ -> InquiryServer.Reply.of(large));
    assertThat(Inquiry.ask(channel, ANY, large.length, PATIENCE)).isEqualTo(large);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aRefusalIsTold() throws Exception {
    SocketChannel channel =
        to(_ -> {
          throw new Inquiry.RefusedException("not today");
        });
    assertThatThrownBy(() -> Inquiry.ask(channel, ANY, 10, PATIENCE))
        .isInstanceOf(Inquiry.RefusedException.class)
        .hasMessage("not today");
  }

  @Test
  void anAnswerThatIsTooLongIsNotTaken() throws Exception {
    SocketChannel channel = to(_ -> InquiryServer.Reply.of(new byte[11]));
    assertThatThrownBy(() -> Inquiry.ask(channel, ANY, 10, PATIENCE))
        .hasMessageContaining("11 bytes");
  }

  @Test
  void anAnswerThatEndsEarlyIsAnError() throws Exception {
    SocketChannel channel =
        to(_ ->
            new InquiryServer.Reply(
                Channels.newChannel(new ByteArrayInputStream(new byte[3])), 10));
    assertThatThrownBy(() -> Inquiry.ask(channel, ANY, 10, PATIENCE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("7 bytes before the end");
  }

  @Test
  void whoDoesNotAnswerIsGivenUp() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    SocketChannel channel =
        to(_ -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          throw new AssertionError();
        });
    assertThatThrownBy(() -> Inquiry.ask(channel, ANY, 10, Duration.ofMillis(50)))
        .hasMessageContaining("nothing came for 50 ms");
    ends.interrupt();
  }

  @Test
  void whatIsNoQuestionIsRefusedOrClosed() throws Exception {
    try (SocketChannel channel = to(_ -> InquiryServer.Reply.of(new byte[0]))) {
      channel.write(ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).flip());
      assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
    try (SocketChannel channel = to(_ -> InquiryServer.Reply.of(new byte[0]))) {
      channel.write(ByteBuffer.allocate(5).putInt(1).put((byte) 99).flip());
      ByteBuffer kind = ByteBuffer.allocate(1);
      assertThat(channel.read(kind)).isOne();
      assertThat(kind.get(0)).isEqualTo((byte) Inquiry.REFUSAL);
    }
  }

  @Test
  void questionsKeepTheirParts() {
    List<Question> all =
        List.of(
            new Question.Membership(),
            new Question.Memory(),
            new Question.CodeParts(
                new dev.deed.lineage.WorkerId(3, 4),
                List.of(new Question.KnownJar("a.jar", 5, -6)),
                List.of(new dev.deed.transport.value.ClassVersion("app.Main", -7))),
            new Question.CodePart(Question.Digest.of(new byte[32])));
    for (Question question : all) {
      WireWriter out = new WireWriter(16);
      question.write(out);
      assertThat(Question.read(new WireReader(out.toBytes()))).isEqualTo(question);
    }
  }

  @Test
  void reportsKeepTheirParts() {
    WorkerId worker = new WorkerId(1, -2);
    MemoryReport.Entry entry =
        new MemoryReport.Entry(
            new ObjectId(new TaskId(-3, 4), 5),
            worker,
            new WorkerId(6, 7),
            "stored",
            8,
            List.of("handle 1", "a get"),
            List.of(worker),
            "Main.fib",
            "Main.main(Main.java:3)");
    MemoryReport report = new MemoryReport(List.of(entry), 9, 10, 11);
    assertThat(ReportCodec.read(ReportCodec.write(report))).isEqualTo(report);
  }
}
