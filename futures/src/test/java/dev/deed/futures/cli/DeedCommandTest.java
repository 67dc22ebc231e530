package dev.deed.futures.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.ConnectException;
import dev.deed.DeadlineException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tools.jackson.databind.json.JsonMapper;

/// The frame: help, versions, exit codes and one-sentence errors.
class DeedCommandTest {

  @Test
  void helpListsAllCommandsButTheHiddenOne() {
    Line line = Line.deed("--help");
    assertThat(line.code()).isZero();
    assertThat(line.out()).contains("run ", "classpath", "worker", "status", "test ");
    assertThat(line.out()).contains("Exit status").doesNotContain("warm-up");
    assertThat(line.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "classpath", "worker", "status", "test", "warm-up"})
  void everyCommandHasHelp(String command) {
    Line line = Line.deed(command, "--help");
    assertThat(line.code()).isZero();
    assertThat(line.out()).contains("deed " + command, "--help", "--verbose");
  }

  @Test
  void theVersionNamesTheJvmToo() {
    Line line = Line.deed("--version");
    assertThat(line.code()).isZero();
    assertThat(line.out()).contains("deed ", "JVM 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                              | a command is missing",
        "bogus                           | there is no command 'bogus'",
        "statsu 127.0.0.1:7800           | did you mean",
        "classpath --jsno                | '--jsno' is no option",
        "classpath extra                 | 'extra' is one argument too many",
        "test                            | ./deed test",
        "status                          | ADDR",
        "status nowhere                  | host:port",
        "status nowhere:99999            | 1 to 65535",
        "status ::1:7800                 | in brackets",
        "worker --port 70000             | --port 70000",
        "worker --port x                 | --port",
        "worker --cpus many              | worker-cpus can't be 'many'",
        "worker --cpus 0                 | give --cpus 1 or more",
        "worker --join there             | host:port",
        "worker --resource gpu=-1        | gpu must be more than 0",
        "worker --resource gpu           | --resource",
        "worker --resource cpu=2         | use --cpus",
        "run                             | the main class is missing",
        "run --workers 0 Main            | 1 to 256",
        "run --workers -1 Main           | 1 to 256",
        "run --workers 100000 Main       | 1 to 256",
        "run --workers x Main            | --workers",
        "run --workers 1 --cluster a:1 M | mutually exclusive",
        "run --cluster there Main        | host:port",
        "run --store-bytes lots Main     | store-bytes can't be 'lots'",
        "run no.such.Main                | there is no class no.such.Main",
        "run dev.deed.Ref                | has no method main",
        "run --class-path no/where Main  | 'no/where' in --class-path does not exist",
        "run --jar no.jar                | there is no jar 'no.jar'",
        "run --jar pom.xml               | 'pom.xml' is no jar",
        "run Missing.java                | there is no file 'Missing.java'",
      })
  void aWrongLineIsOneSentenceAndCodeTwo(String words, String part) {
    Line line = Line.deed(words.isBlank() ? new String[0] : words.split(" "));
    assertThat(line.err()).contains(part).startsWith("deed: ");
    assertThat(line.errors()).hasSize(1);
    assertThat(line.out()).isEmpty();
    assertThat(line.code()).isEqualTo(2);
  }

  @Test
  void anErrorHasItsStackTraceOnRequest() {
    assertThat(Line.deed("--verbose", "status", "nowhere").errors()).hasSizeGreaterThan(1);
    assertThat(Line.deed("status", "--verbose", "nowhere").errors()).hasSizeGreaterThan(1);
  }

  @ParameterizedTest
  @CsvSource({"connect, 2, no answer", "deadline, 1, too late", "bug, 1, IllegalStateException"})
  void whatACommandThrowsBecomesItsCodeAndSentence(String kind, int code, String part) {
    StringWriter err = new StringWriter();
    CommandLine line = DeedCommand.line();
    line.addSubcommand(new Throwing());
    line.setErr(new PrintWriter(err, true));
    assertThat(line.execute("throw", kind)).isEqualTo(code);
    assertThat(err.toString()).contains(part);
    assertThat(err.toString().lines()).hasSize(1);
  }

  /// Fails in the way that it is told to.
  @Command(name = "throw")
  static final class Throwing extends CliCommand {
    @CommandLine.Parameters String kind = "";

    @Override
    public Integer call() {
      throw switch (kind) {
        case "connect" -> new ConnectException("no answer", null);
        case "deadline" -> new DeadlineException("too late", null);
        default -> new IllegalStateException("a bug");
      };
    }
  }

  @Test
  void theClassPathIsALineOrAnObject() {
    assertThat(Line.deed("classpath").out().lines()).hasSize(1);
    String json = Line.deed("classpath", "--json").out();
    assertThat(JsonMapper.shared().readTree(json).get("classpath").size()).isPositive();
  }

  @Test
  void warmUpRunsTasksAndEndsWell() {
    Line line = Line.deed("warm-up");
    assertThat(line.err()).isEmpty();
    assertThat(line.code()).isZero();
    assertThat(JsonMapper.shared().readTree(line.out()).get("warm").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:7800", "[::1]:7800", "worker-3.example:1"})
  void anAddressIsWrittenAsItWasRead(String text) {
    assertThat(Address.parse(text)).hasToString(text);
  }
}
