package dev.deed.futures.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// What `--json` prints: one object a line.
public final class Json {
  private static final ObjectMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  /// The line for a record, a map or a list of such, without its end.
  public static String line(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /// The line for an object with these fields, given as name, value, name, value ….
  public static String line(String name, Object value, Object... more) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put(name, value);
    for (int i = 0; i < more.length; i += 2) {
      fields.put((String) more[i], more[i + 1]);
    }
    return line(fields);
  }
}
