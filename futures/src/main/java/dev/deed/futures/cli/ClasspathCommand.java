package dev.deed.futures.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Prints what a program that uses Deed is compiled and run against.
@Command(
    name = "classpath",
    description = {
      "Prints the class path to compile and run a program against Deed.",
      "For example: javac -cp \"$(deed classpath)\" Hello.java"
    })
final class ClasspathCommand extends CliCommand {
  @Option(names = "--json", description = "Prints one object with the list of entries.")
  boolean json;

  @Override
  public Integer call() {
    List<Path> entries = ClassPath.ofDeed();
    out()
        .println(
            json
                ? Json.line("classpath", entries.stream().map(Path::toString).toList())
                : ClassPath.join(entries));
    return ExitCode.OK;
  }
}
