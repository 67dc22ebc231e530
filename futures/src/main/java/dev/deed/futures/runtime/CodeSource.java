package dev.deed.futures.runtime;

import dev.deed.lineage.WorkerId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// Where a worker asks for the code of jobs: of their drivers and, while a job has none, of the
/// other workers, of whom one has executed its tasks. Thread-safe.
final class CodeSource implements ShippedJobs.Source {
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
  public byte[] parts(WorkerId job, Question.CodeParts question, Duration patience)
      throws IOException {
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    ask(job, question, CodePart.MAX_LIST_BYTES, patience, parts);
    return parts.toByteArray();
  }

  @Override
  public void part(WorkerId job, CodePart part, Duration patience, OutputStream to)
      throws IOException {
    ask(job, new Question.CodePart(part.digest()), part.size(), patience, to);
  }

  private void ask(
      WorkerId job, Question question, long maxBytes, Duration patience, OutputStream to)
      throws IOException {
    IOException lack = new IOException("no driver of " + job.brief() + " is there");
    for (WorkerId one : book.mayHaveCodeOf(job)) {
      if (one.equals(self)) {
        continue;
      }
      try {
        Inquiry.ask(dialing.to(one), question, maxBytes, patience, to);
        return;
      } catch (Inquiry.RefusedException e) {
        if (book.driverOf(job).isPresent()) {
          throw e;
        }
        // What one worker does not have another may.
        lack.addSuppressed(e);
      }
    }
    throw lack;
  }
}
