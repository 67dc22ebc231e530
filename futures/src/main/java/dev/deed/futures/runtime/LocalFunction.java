package dev.deed.futures.runtime;

import dev.deed.Action;
import dev.deed.Task0;
import dev.deed.Task1;
import dev.deed.Task2;
import dev.deed.Task3;
import dev.deed.Task4;
import dev.deed.Task5;
import dev.deed.Task6;
import dev.deed.lineage.Payload;
import java.util.Arrays;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/// A function in a specification: its encoded form, and, where the call was made in this process
/// and captured nothing that could change, the function object itself.
final class LocalFunction implements Payload {
  static final @Nullable Object[] NO_ARGUMENTS = {};

  /// How a function is called and what becomes of its result. The order is that of the wire.
  enum Form {
    /// With its arguments one by one; one result.
    PLAIN,
    /// Without arguments or result.
    ACTION,
    /// With the list of its arguments; one result.
    LIST,
    /// With its arguments one by one; each element of the list it returns is a result.
    SPLIT;

    private static final Form[] FORMS = values();

    static @Nullable Form of(int ordinal) {
      return ordinal < FORMS.length ? FORMS[ordinal] : null;
    }
  }

  private final Form form;
  private final @Nullable Object function;
  private final byte[] code;
  private final @Nullable LocalCall call;

  /// A function that can be called as it is, or, if `function` is null, must be decoded each time.
  LocalFunction(Form form, @Nullable Object function, byte[] code, @Nullable LocalCall call) {
    this.form = form;
    this.function = function;
    this.code = code;
    this.call = call;
  }

  Form form() {
    return form;
  }

  /// The function, if it can be called as it is.
  @Nullable Object function() {
    return function;
  }

  /// The function as its codec wrote it.
  byte[] code() {
    return code;
  }

  /// The link that the references of the call have, if it was made in this process.
  @Nullable LocalCall link() {
    return call;
  }

  @Override
  public int size() {
    return code.length + 1;
  }

  @Override
  public byte[] bytes() {
    byte[] bytes = new byte[code.length + 1];
    bytes[0] = (byte) form.ordinal();
    System.arraycopy(code, 0, bytes, 1, code.length);
    return bytes;
  }

  /// Calls it. A [ClassCastException] of the call itself means that the program's types lied.
  @SuppressWarnings("unchecked")
  @Nullable Object call(@Nullable Object[] a) throws Exception {
    Object called = function;
    if (form == Form.LIST) {
      return ((Task1<Object, Object>) called).run(Collections.unmodifiableList(Arrays.asList(a)));
    }
    if (form == Form.ACTION) {
      ((Action) called).run();
      return null;
    }
    return switch (called) {
      case Task0<?> task -> task.run();
      case Task1<?, ?> task -> ((Task1<Object, Object>) task).run(a[0]);
      case Task2<?, ?, ?> task -> ((Task2<Object, Object, Object>) task).run(a[0], a[1]);
      case Task3<?, ?, ?, ?> task ->
          ((Task3<Object, Object, Object, Object>) task).run(a[0], a[1], a[2]);
      case Task4<?, ?, ?, ?, ?> task ->
          ((Task4<Object, Object, Object, Object, Object>) task).run(a[0], a[1], a[2], a[3]);
      case Task5<?, ?, ?, ?, ?, ?> task ->
          ((Task5<Object, Object, Object, Object, Object, Object>) task)
              .run(a[0], a[1], a[2], a[3], a[4]);
      case Task6<?, ?, ?, ?, ?, ?, ?> task ->
          ((Task6<Object, Object, Object, Object, Object, Object, Object>) task)
              .run(a[0], a[1], a[2], a[3], a[4], a[5]);
      case null, default ->
          throw new IllegalStateException("broken invariant: a function that can't be called");
    };
  }
}
