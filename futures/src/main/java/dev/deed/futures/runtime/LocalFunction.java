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
import dev.deed.lineage.WorkerId;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.Arrays;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/// A function in a specification: its encoded form, and, where the call was made in this process
/// and captured nothing that could change, the function object itself.
///
/// Layout: the form's number, the job's id (16 bytes), then what the codec wrote.
final class LocalFunction implements Payload {
  static final @Nullable Object[] NO_ARGUMENTS = {};

  /// How a function is called and what becomes of its result.
  enum Form {
    /// With its arguments one by one; one result.
    PLAIN(0),
    /// Without arguments or result.
    ACTION(1),
    /// With the list of its arguments; one result.
    LIST(2),
    /// With its arguments one by one; each element of the list it returns is a result.
    SPLIT(3);

    private final int number;

    Form(int number) {
      this.number = number;
    }

    /// The form that stands for `number` on the wire, or null.
    static @Nullable Form of(int number) {
      return switch (number) {
        case 0 -> PLAIN;
        case 1 -> ACTION;
        case 2 -> LIST;
        case 3 -> SPLIT;
        default -> null;
      };
    }
  }

  private static final int HEAD_BYTES = 17;

  private final Form form;
  private final JobCode program;
  private final @Nullable Object function;
  private final byte[] code;
  private final @Nullable LocalCall call;

  /// A function that can be called as it is, or, if `function` is null, must be decoded each time.
  LocalFunction(
      Form form,
      JobCode program,
      @Nullable Object function,
      byte[] code,
      @Nullable LocalCall call) {
    this.form = form;
    this.program = program;
    this.function = function;
    this.code = code;
    this.call = call;
  }

  /// A function that came from another process: with the newest version of its job's code, as the
  /// version that it was made with is not known before it is decoded.
  static LocalFunction parse(byte[] bytes, Jobs jobs) {
    WireReader in = new WireReader(bytes);
    Form form = Form.of(in.readByte());
    if (form == null) {
      throw new MalformedException("a function of unknown form");
    }
    JobCode newest = jobs.of(WorkerId.read(in));
    return new LocalFunction(
        form, newest, null, Arrays.copyOfRange(bytes, HEAD_BYTES, bytes.length), null);
  }

  /// The same, decoded with the code that it was made with.
  LocalFunction with(JobCode made, Object decoded) {
    return new LocalFunction(form, made, decoded, code, call);
  }

  Form form() {
    return form;
  }

  /// The code of the program that calls it.
  JobCode program() {
    return program;
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
    return code.length + HEAD_BYTES;
  }

  @Override
  public byte[] bytes() {
    WireWriter out = new WireWriter(size());
    out.writeByte(form.number);
    program.job().write(out);
    out.writeRaw(code, 0, code.length);
    return out.toBytes();
  }

  /// Calls it. A [ClassCastException] of the call itself means that the program's types lied.
  @Nullable Object call(@Nullable Object[] a) throws Exception {
    return switch (form) {
      case PLAIN, SPLIT -> callEach(a);
      case LIST -> one().run(Collections.unmodifiableList(Arrays.asList(a)));
      case ACTION -> {
        if (!(function instanceof Action action)) {
          throw notCallable();
        }
        action.run();
        yield null;
      }
    };
  }

  @SuppressWarnings("unchecked")
  private Task1<@Nullable Object, @Nullable Object> one() {
    if (function instanceof Task1<?, ?>) {
      return (Task1<@Nullable Object, @Nullable Object>) function;
    }
    throw notCallable();
  }

  private IllegalStateException notCallable() {
    return new IllegalStateException("broken invariant: a function that can't be called: " + form);
  }

  @SuppressWarnings("unchecked")
  private @Nullable Object callEach(@Nullable Object[] a) throws Exception {
    return switch (function) {
      case Task0<?> task -> task.run();
      case Task1<?, ?> _ -> one().run(a[0]);
      case Task2<?, ?, ?> task ->
          ((Task2<@Nullable Object, @Nullable Object, @Nullable Object>) task).run(a[0], a[1]);
      case Task3<?, ?, ?, ?> task ->
          ((Task3<@Nullable Object, @Nullable Object, @Nullable Object, @Nullable Object>) task)
              .run(a[0], a[1], a[2]);
      case Task4<?, ?, ?, ?, ?> task ->
          ((Task4<
                      @Nullable Object,
                      @Nullable Object,
                      @Nullable Object,
                      @Nullable Object,
                      @Nullable Object>)
                  task)
              .run(a[0], a[1], a[2], a[3]);
      case Task5<?, ?, ?, ?, ?, ?> task ->
          ((Task5<
                      @Nullable Object,
                      @Nullable Object,
                      @Nullable Object,
                      @Nullable Object,
                      @Nullable Object,
                      @Nullable Object>)
                  task)
              .run(a[0], a[1], a[2], a[3], a[4]);
      case Task6<?, ?, ?, ?, ?, ?, ?> task ->
          ((Task6<
                      @Nullable Object,
                      @Nullable Object,
                      @Nullable Object,
                      @Nullable Object,
                      @Nullable Object,
                      @Nullable Object,
                      @Nullable Object>)
                  task)
              .run(a[0], a[1], a[2], a[3], a[4], a[5]);
      case null, default -> throw notCallable();
    };
  }
}
