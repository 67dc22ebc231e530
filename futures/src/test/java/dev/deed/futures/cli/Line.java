package dev.deed.futures.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/// One call of `deed` within this JVM: its exit code and what it printed.
record Line(int code, String out, String err) {

  static Line deed(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = DeedCommand.line();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    int code = line.execute(words);
    return new Line(code, out.toString(), err.toString());
  }

  List<String> errors() {
    return err.lines().toList();
  }
}
