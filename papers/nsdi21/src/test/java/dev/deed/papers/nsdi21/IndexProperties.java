package dev.deed.papers.nsdi21;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/// The map, merge and summary tasks against the plain program, without a session.
final class IndexProperties {

  /// Files on the heap.
  private record Texts(List<byte[]> texts) implements Corpus {
    @Override
    public List<Member> members() {
      List<Member> members = new ArrayList<>();
      for (byte[] text : texts) {
        members.add(new Member(String.valueOf(members.size()), text.length));
      }
      return members;
    }

    @Override
    public Source open() {
      return new Source() {
        @Override
        public byte[] read(String name) throws IOException {
          int number = Integer.parseInt(name);
          if (number >= texts.size()) {
            throw new FileNotFoundException(name);
          }
          return texts.get(number);
        }

        @Override
        public void close() {
          // Nothing was opened.
        }
      };
    }
  }

  @Property(tries = 300)
  void theIndexIsThatOfThePlainProgramHoweverItIsCut(
      @ForAll("corpora") List<byte[]> texts,
      @ForAll @IntRange(min = 1, max = 9) int maps,
      @ForAll @IntRange(min = 1, max = 5) int parts)
      throws IOException {
    Texts corpus = new Texts(texts);
    List<List<byte[]>> splits = new ArrayList<>();
    for (Split split : Split.of(corpus, corpus.members(), maps)) {
      splits.add(MapTask.run(split, parts, Executions.NONE));
    }
    IndexSummary all = IndexSummary.EMPTY;
    for (int i = 0; i < parts; i++) {
      int part = i;
      List<byte[]> column = splits.stream().map(split -> split.get(part)).toList();
      byte[] merged = MergeTask.run(part, column, Executions.NONE);
      all = all.and(SummaryTask.run(part, merged, Executions.NONE));
    }
    assertThat(splits).hasSizeLessThanOrEqualTo(maps);
    assertThat(all).isEqualTo(PlainInvertedIndex.of(corpus));
  }

  @Property(tries = 300)
  void everyFileIsInOneSplit(
      @ForAll("corpora") List<byte[]> texts, @ForAll @IntRange(min = 1, max = 99) int maps) {
    Texts corpus = new Texts(texts);
    List<String> files = new ArrayList<>();
    for (Split split : Split.of(corpus, corpus.members(), maps)) {
      assertThat(split.files()).isNotEmpty();
      assertThat(split.firstFile()).isEqualTo(files.size());
      files.addAll(split.files());
    }
    assertThat(files).isEqualTo(corpus.members().stream().map(Corpus.Member::name).toList());
  }

  /// Texts of few letters, so that words come again, of any characters, and of bytes that are no
  /// text.
  @Provide
  Arbitrary<List<byte[]>> corpora() {
    Arbitrary<byte[]> few =
        Arbitraries.strings()
            .withChars("abAB_$0 .\n\u00c4\u00df\u0130\u2160\ud835\udc00")
            .ofMaxLength(60)
            .map(text -> text.getBytes(StandardCharsets.UTF_8));
    Arbitrary<byte[]> any =
        Arbitraries.strings().all().ofMaxLength(40).map(t -> t.getBytes(StandardCharsets.UTF_8));
    Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(60);
    return Arbitraries.oneOf(List.of(few, any, bytes)).list().ofMinSize(1).ofMaxSize(12);
  }
}
