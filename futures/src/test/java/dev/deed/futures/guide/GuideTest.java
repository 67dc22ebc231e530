package dev.deed.futures.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.deed.futures.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each Java block of README.md and docs/guide.md is a program that prints what its comments say.
class GuideTest {
  private static final Pattern BLOCK = Pattern.compile("(?s)```java\n(.*?)```");
  private static final Pattern CLASS = Pattern.compile("public class (\\w+)");
  private static final Pattern PRINTS = Pattern.compile("(?m)// prints (.*)$");

  @TempDir Path folder;

  /// A block as a source file.
  private static final class Source extends SimpleJavaFileObject {
    final String name;
    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
      this.name = name;
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  @Test
  void theProgramsOfTheGuidePrintWhatItSays() throws Exception {
    List<Source> sources = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (String page : List.of("README.md", "docs/guide.md")) {
      Matcher blocks = BLOCK.matcher(Files.readString(Path.of("..").resolve(page)));
      while (blocks.find()) {
        String text = blocks.group(1);
        Matcher named = CLASS.matcher(text);
        sources.add(new Source(named.find() ? named.group(1) : "Program" + sources.size(), text));
        PRINTS.matcher(text).results().forEach(line -> expected.add(line.group(1)));
      }
    }
    assertThat(sources).hasSizeGreaterThan(4);
    compile(sources);
    assertThat(run(sources.stream().map(source -> source.name).toList())).isEqualTo(expected);
  }

  private void compile(List<? extends JavaFileObject> sources) {
    StringWriter problems = new StringWriter();
    List<String> options =
        List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
    boolean compiled =
        ToolProvider.getSystemJavaCompiler()
            .getTask(problems, null, null, options, null, sources)
            .call();
    assertThat(compiled).as(problems.toString()).isTrue();
  }

  private List<String> run(List<String> names) throws IOException, InterruptedException {
    List<String> command =
        ChildJvm.command(
            folder + File.pathSeparator + System.getProperty("java.class.path"),
            Programs.class.getName());
    command.addAll(names);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> lines = process.inputReader().readAllLines();
    assertThat(process.waitFor()).isZero();
    return lines;
  }
}
