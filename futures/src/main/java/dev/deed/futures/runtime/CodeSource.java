package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a worker asks for the code of jobs: of their drivers and, while a job has none, of the
/// other workers, of whom one has executed its tasks. Versions that an earlier driver had are asked
/// of all. Thread-safe.
final class CodeSource implements CodeDelivery.Source {
  private final WorkerId self;
  private final JobBook book;
  private final Dialing dialing;

  /// Connects to a member, to ask it a question.
  @FunctionalInterface
  interface Dialing {
    SocketChannel to(WorkerId member) throws IOException;
  }

  CodeSource(WorkerId self, JobBook book, Dialing dialing) {
    this.self = self;
    this.book = book;
    this.dialing = dialing;
  }

  @Override
  public byte[] parts(Question.CodeParts question, Duration patience) throws IOException {
    WorkerId job = question.job();
    return ask(
        job,
        question.classes().isEmpty() ? book.mayHaveCodeOf(job) : book.mayHaveVersionsOf(job),
        member -> Inquiry.ask(dialing.to(member), question, CodePart.MAX_LIST_BYTES, patience));
  }

  @Override
  public void part(WorkerId job, CodePart part, Duration patience, Path to) throws IOException {
    Question question = new Question.CodePart(part.digest());
    ask(
        job,
        book.mayHaveVersionsOf(job),
        member -> {
          try (OutputStream out = Files.newOutputStream(to)) {
            Inquiry.ask(dialing.to(member), question, part.size(), patience, out);
          }
          return to;
        });
  }

  /// One member is asked.
  @FunctionalInterface
  private interface Asking<T> {
    T of(WorkerId member) throws IOException;
  }

  /// The first answer: what one member does not have, or does not say, another may.
  private <T> T ask(WorkerId job, List<WorkerId> members, Asking<T> asking) throws IOException {
    boolean driven = book.driverOf(job).isPresent();
    Inquiry.@Nullable RefusedException refusal = null;
    @Nullable IOException broken = null;
    for (WorkerId member : members) {
      if (member.equals(self)) {
        continue;
      }
      try {
        return asking.of(member);
      } catch (Inquiry.RefusedException e) {
        refusal = refusal == null ? e : refusal;
      } catch (IOException e) {
        broken = e;
      }
    }
    if (broken != null) {
      throw broken;
    }
    if (refusal == null || !driven) {
      // The next driver may have it.
      throw new IOException("no driver of " + job.brief() + " is there");
    }
    throw members.size() == 1
        ? refusal
        : new Inquiry.RefusedException("neither its driver nor another worker has it");
  }
}
