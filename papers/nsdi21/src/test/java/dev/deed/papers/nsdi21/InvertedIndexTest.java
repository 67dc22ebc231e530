package dev.deed.papers.nsdi21;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.Deed;
import dev.deed.Session;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InvertedIndexTest {
  private static final int FILES = 40;
  private static final Duration LONGEST = Duration.ofMinutes(1);

  @TempDir Path folder;

  @Test
  void theIndexOfAFolderIsThatOfThePlainProgram() throws IOException {
    for (int i = 0; i < FILES; i++) {
      Path file = folder.resolve("d" + i % 7).resolve("f" + i);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text(i));
    }
    assertThatBothAgreeOn(Corpus.at(folder));
  }

  @Test
  void theIndexOfAZipIsThatOfThePlainProgram() throws IOException {
    Path zip = folder.resolve("texts.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (int i = FILES; i > 0; i--) {
        out.putNextEntry(new ZipEntry("d/f" + i));
        out.write(text(i).getBytes(StandardCharsets.UTF_8));
        out.closeEntry();
      }
    }
    assertThatBothAgreeOn(Corpus.at(zip));
  }

  @Test
  void allIsFreedWhenTheIndexIsClosed() throws IOException {
    Files.writeString(folder.resolve("f"), text(1));
    try (Session session = Deed.local()) {
      try (InvertedIndex index =
          InvertedIndex.submit(Corpus.at(folder), new InvertedIndex.Plan(4, 3), Executions.NONE)) {
        index.summary(LONGEST);
        assertThat(session.memory().references()).isNotEmpty();
      }
      assertThat(session.memory().references()).isEmpty();
      assertThat(session.memory().storedBytes()).isZero();
    }
  }

  @Test
  void eachTaskNotesItsExecution() throws IOException {
    Files.writeString(folder.resolve("f"), text(1));
    Files.writeString(folder.resolve("g"), text(2));
    Executions executions = new Executions(folder.resolve("executions").toString());
    Corpus corpus = Corpus.at(folder);
    try (Session _ = Deed.local();
        InvertedIndex index =
            InvertedIndex.submit(corpus, new InvertedIndex.Plan(2, 3), executions)) {
      index.summary(LONGEST);
    }
    assertThat(executions.read())
        .hasSize(2 + 3 + 3)
        .allSatisfy(execution -> assertThat(execution.endedMs()).isPresent())
        .allSatisfy(execution -> assertThat(execution.attempt()).isEqualTo(1))
        .extracting(execution -> execution.stage() + execution.number())
        .containsExactlyInAnyOrder(
            "map0", "map1", "merge0", "merge1", "merge2", "summary0", "summary1", "summary2");
  }

  @Test
  void anEmptyCorpusAndAMissingOneAreRefused() throws IOException {
    assertThatThrownBy(() -> Corpus.at(folder.resolve("none")))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("none");
    Corpus empty = Corpus.at(folder);
    try (Session _ = Deed.local()) {
      assertThatThrownBy(
              () -> InvertedIndex.submit(empty, InvertedIndex.Plan.DEFAULT, Executions.NONE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no files");
    }
  }

  @Test
  void thePlainProgramCountsAndNamesTheWords() throws IOException {
    Files.writeString(folder.resolve("a"), "The cat_1 saw the CAT_1. \u00c4h, the $end!");
    Files.writeString(folder.resolve("b"), "the end");
    IndexSummary summary = PlainInvertedIndex.of(Corpus.at(folder));
    assertThat(summary.words()).isEqualTo(6);
    assertThat(summary.postings()).isEqualTo(7);
    assertThat(summary.occurrences()).isEqualTo(10);
    assertThat(summary.top().subList(0, 3))
        .isEqualTo(
            List.of(new WordCount("the", 4), new WordCount("cat_1", 2), new WordCount("$end", 1)));
  }

  private static void assertThatBothAgreeOn(Corpus corpus) throws IOException {
    IndexSummary plain = PlainInvertedIndex.of(corpus);
    assertThat(plain.words()).isPositive();
    try (Session _ = Deed.local();
        InvertedIndex index =
            InvertedIndex.submit(corpus, new InvertedIndex.Plan(5, 3), Executions.NONE)) {
      assertThat(index.files()).isEqualTo(FILES);
      assertThat(index.awaitMaps(index.maps(), LONGEST)).isEqualTo(index.maps());
      assertThat(index.summary(LONGEST)).isEqualTo(plain);
    }
  }

  /// Enough words for objects that are stored.
  private static String text(int seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      text.append("Word").append(random.nextInt(3000)).append(i % 9 == 0 ? ".\n" : " ");
    }
    return text.toString();
  }
}
