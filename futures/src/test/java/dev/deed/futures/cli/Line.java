package dev.deed.futures.cli;

import java.io.StringWriter;
import java.util.List;

/// One call of `deed` within this JVM: its exit code and what it printed.
record Line(int code, String out, String err) {

  static Line deed(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = DeedCommand.execute(out, err, words);
    return new Line(code, out.toString(), err.toString());
  }

  List<String> errors() {
    return err.lines().toList();
  }
}
