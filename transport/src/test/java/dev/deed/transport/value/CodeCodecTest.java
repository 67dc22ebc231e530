package dev.deed.transport.value;

import static dev.deed.transport.value.Samples.CODE;
import static dev.deed.transport.value.Samples.HOOK;
import static dev.deed.transport.value.Samples.VALUES;
import static dev.deed.transport.value.Samples.ref;
import static dev.deed.transport.value.Samples.reference;
import static dev.deed.transport.value.Samples.roundTripFunction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.deed.lineage.Value;
import dev.deed.lineage.wire.WireWriter;
import dev.deed.transport.value.Samples.Color;
import dev.deed.transport.value.Samples.Customer;
import dev.deed.transport.value.Samples.Point;
import dev.deed.transport.value.Samples.Ref;
import dev.deed.transport.value.Samples.Task0;
import dev.deed.transport.value.Samples.Task1;
import dev.deed.transport.value.Samples.Task2;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class CodeCodecTest {
  private final String field = "field";

  static int twice(int number) {
    return 2 * number;
  }

  static String joined(String... parts) {
    return String.join("+", parts);
  }

  static <T extends Comparable<T>> T larger(T a, T b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  String describe() {
    return "described";
  }

  /// A named class as a function.
  record Adder(int addend) implements Task1<Integer, Integer> {
    @Override
    public Integer run(Integer number) {
      return number + addend;
    }

    Task0<Integer> bound() {
      return () -> addend * 10;
    }
  }

  /// A function that can change.
  static final class Scaler implements Task1<Integer, Integer> {
    private static final long serialVersionUID = 1L;
    private final int factor;

    Scaler(int factor) {
      this.factor = factor;
    }

    @Override
    public Integer run(Integer number) {
      return number * factor;
    }

    int scaled(int number) {
      return number * factor;
    }
  }

  private static <R> R call0(Task0<R> function) throws Exception {
    return roundTripFunction(function, Task0.class).run();
  }

  private static <A, R> R call1(Task1<A, R> function, A a) throws Exception {
    return roundTripFunction(function, Task1.class).run(a);
  }

  private static <A, B, R> R call2(Task2<A, B, R> function, A a, B b) throws Exception {
    return roundTripFunction(function, Task2.class).run(a, b);
  }

  @Test
  void methodReferencesOfEachKindTravel() throws Exception {
    assertThat(CodeCodecTest.<Integer, Integer>call1(CodeCodecTest::twice, 4)).isEqualTo(8);
    assertThat(CodeCodecTest.<Integer, Integer, Integer>call2(Math::addExact, 2, 3)).isEqualTo(5);
    assertThat(CodeCodecTest.<Long, Long, Long>call2(Math::addExact, 2L, 3L)).isEqualTo(5L);
    assertThat(CodeCodecTest.<Integer, Integer, Integer>call2(Integer::sum, 2, 3)).isEqualTo(5);
    assertThat(CodeCodecTest.<String, Integer>call1(String::length, "abc")).isEqualTo(3);
    assertThat(CodeCodecTest.<String, String>call1("abc"::concat, "d")).isEqualTo("abcd");
    assertThat(CodeCodecTest.<Integer, Integer>call1(new Scaler(3)::scaled, 5)).isEqualTo(15);
    assertThat(CodeCodecTest.<Integer, Integer, Point>call2(Point::new, 1, 2))
        .isEqualTo(new Point(1, 2));
    assertThat(CodeCodecTest.<List<Object>>call0(ArrayList::new)).isEmpty();
    assertThat(CodeCodecTest.<Integer, int[]>call1(int[]::new, 3)).hasSize(3);
    assertThat(CodeCodecTest.<String, String, String>call2(CodeCodecTest::joined, "a", "b"))
        .isEqualTo("a+b");
    assertThat(CodeCodecTest.<String, String, String>call2(CodeCodecTest::larger, "a", "b"))
        .isEqualTo("b");
    assertThat(CodeCodecTest.<String>call0(Color.GREEN::label)).isEqualTo("grass");
  }

  @Test
  void lambdasTravelWithWhatTheyCapture() throws Exception {
    assertThat(CodeCodecTest.<Integer>call0(() -> 42)).isEqualTo(42);
    int number = 5;
    long big = 1L << 40;
    double real = 0.5;
    boolean truth = true;
    char unit = 'u';
    byte small = 1;
    short two = 2;
    float single = 1.5f;
    String text = "日本";
    Point point = new Point(1, 2);
    int[] array = {7, 8};
    List<Integer> list = new ArrayList<>(List.of(1, 2));
    Object nothing = null;
    Task0<String> function =
        () ->
            number
                + ","
                + big
                + ","
                + real
                + ","
                + truth
                + ","
                + unit
                + ","
                + small
                + ","
                + two
                + ","
                + single
                + ","
                + text
                + ","
                + point.x()
                + ","
                + Arrays.toString(array)
                + ","
                + list
                + ","
                + nothing;
    assertThat(call0(function)).isEqualTo(function.run());
  }

  @Test
  void anObjectThatIsCapturedTwiceStaysOne() throws Exception {
    List<Integer> list = new ArrayList<>();
    List<Integer> alias = list;
    Task0<Boolean> function =
        () -> {
          list.add(1);
          return alias.size() == 1;
        };
    assertThat(call0(function)).isTrue();
  }

  @Test
  void capturedFunctionsAndReferencesTravel() throws Exception {
    Task1<Integer, Integer> inner = CodeCodecTest::twice;
    Ref<String> direct = ref(1);
    List<Ref<String>> nested = List.of(ref(2), ref(1));
    Task0<String> function = () -> inner.run(4) + ":" + direct.reference() + nested.size();
    Value encoded = CODE.encode(function, HOOK);
    assertThat(encoded.references()).containsExactly(reference(1), reference(2));
    assertThat(CODE.decode(encoded.payload().bytes(), Task0.class, HOOK).run())
        .isEqualTo(function.run());
  }

  @Test
  void namedFunctionsTravelAsValues() throws Exception {
    assertThat(call1(new Adder(4), 5)).isEqualTo(9);
    assertThat(call1(new Scaler(4), 5)).isEqualTo(20);
    assertThat(CODE.name(new Adder(1))).isEqualTo("CodeCodecTest.Adder");
  }

  @Test
  void aFunctionWithoutCapturesIsEncodedAndDecodedOnce() {
    Task0<Integer> function = () -> 1;
    Value first = CODE.encode(function, HOOK);
    assertThat(CODE.encode(function, HOOK)).isSameAs(first);
    byte[] bytes = first.payload().bytes();
    assertThat(CODE.decode(bytes, Task0.class, HOOK))
        .isSameAs(CODE.decode(bytes, Task0.class, HOOK));
  }

  @Test
  void equalFunctionsHaveEqualCode() {
    List<Task0<Integer>> made = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int captured = i;
      made.add(() -> captured);
    }
    Task0<Integer> other = () -> 3;
    assertThat(CODE.code(made.get(0))).isEqualTo(CODE.code(made.get(1)));
    assertThat(CODE.code(made.get(0))).isNotEqualTo(CODE.code(other));
    assertThat(CODE.code(new Adder(1))).isEmpty();
  }

  @Test
  void namesTellTheMethodOrTheLine() {
    Task1<Integer, Integer> reference = CodeCodecTest::twice;
    Task2<Integer, Integer, Point> constructor = Point::new;
    Task0<Integer> lambda = () -> 1;
    assertThat(CODE.name(reference)).isEqualTo("CodeCodecTest.twice");
    assertThat(CODE.name(constructor)).isEqualTo("Samples.Point.new");
    assertThat(CODE.name(lambda))
        .matches("CodeCodecTest\\.lambda\\$namesTellTheMethodOrTheLine at CodeCodecTest.java:\\d+");
  }

  @Test
  void aCapturedThisIsRefusedUnlessItIsAValue() throws Exception {
    Task0<String> implicit = () -> field;
    Task0<String> bound = this::describe;
    for (Task0<String> function : List.of(implicit, bound)) {
      assertThatThrownBy(() -> CODE.encode(function, HOOK))
          .isInstanceOf(NotEncodableException.class)
          .hasMessage(
              "captured argument 1 is `this` (dev.deed.transport.value.CodeCodecTest): the lambda"
                  + " uses a field or method of its enclosing object CodeCodecTest: copy what it"
                  + " needs into a local variable");
    }
    assertThat(call0(new Adder(2).bound())).isEqualTo(20);
  }

  @Test
  void aCapturedValueThatCanNotBeSentIsNamed() throws IOException {
    try (Socket socket = new Socket()) {
      int first = 1;
      Customer customer = new Customer("c", socket);
      Task0<String> function = () -> first + customer.name;
      assertThatThrownBy(() -> CODE.encode(function, HOOK))
          .isInstanceOf(NotEncodableException.class)
          .hasMessageContaining("captured argument 2 of the function, of type")
          .hasMessageContaining("Samples$Customer, can't be sent")
          .hasMessageContaining("Samples.Customer.socket (java.net.Socket)");
    }
  }

  @Test
  void functionsThatAreNotSerializableAreRefused() {
    Callable<Integer> function = () -> 1;
    assertThatThrownBy(() -> CODE.encode(function, HOOK))
        .isInstanceOf(NotEncodableException.class)
        .hasMessageContaining("does not extend java.io.Serializable");
  }

  @Test
  void functionsOfTheJdkAreRefused() {
    Comparator<String> comparator = Comparator.comparing(String::strip);
    Task0<String> function = () -> Collections.max(List.of("a", "bc"), comparator);
    assertThatThrownBy(() -> CODE.encode(function, HOOK))
        .isInstanceOf(NotEncodableException.class)
        .hasMessageContaining("of class java.util.Comparator can't be sent")
        .hasMessageContaining("write it as a lambda of yours");
  }

  @Test
  void largeCapturesAreReported() {
    List<String> warnings = new ArrayList<>();
    CodeCodec codec = new CodeCodec(VALUES, (name, bytes) -> warnings.add(name + " " + bytes));
    byte[] small = new byte[1000];
    byte[] large = new byte[100_000];
    Task0<Integer> first = () -> small.length;
    Task0<Integer> second = () -> large.length;
    codec.encode(first, HOOK);
    codec.encode(second, HOOK);
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("largeCapturesAreReported")
        .contains("100");
  }

  @Test
  void aFunctionOfAnotherTypeThanExpectedIsRefused() {
    Task0<Integer> function = () -> 1;
    byte[] bytes = CODE.encode(function, HOOK).payload().bytes();
    assertThatThrownBy(() -> CODE.decode(bytes, Task1.class, HOOK))
        .isInstanceOf(NotDecodableException.class);
  }

  @Test
  void onlyLambdasOfTheSourceCanBeMade() {
    Task1<Integer, Integer> function = CodeCodecTest::twice;
    Code code = CODE.code(function).orElseThrow();
    Code forged =
        new Code(
            code.capturingClass(),
            code.capturingHash(),
            code.interfaceClass(),
            code.interfaceMethod(),
            code.interfaceDescriptor(),
            code.kind(),
            "java/lang/System",
            0,
            "exit",
            "(I)V",
            "(I)V");
    assertThatThrownBy(() -> CODE.decode(bytes(forged), Task1.class, HOOK))
        .isInstanceOf(NotDecodableException.class)
        .hasMessageContaining("has no lambda or method reference");
    Code jdk =
        new Code(
            "java/util/Comparator",
            0,
            "a",
            "b",
            "()V",
            6,
            "java/util/Comparator",
            0,
            "c",
            "()V",
            "()V");
    assertThatThrownBy(() -> CODE.decode(bytes(jdk), Task1.class, HOOK))
        .isInstanceOf(NotDecodableException.class)
        .hasMessageContaining("no class of the job");
  }

  private static byte[] bytes(Code code) {
    WireWriter out = new WireWriter(64);
    code.write(out);
    return Objects.requireNonNull(CodeCodec.wholeOf(out.toBytes())).payload().bytes();
  }
}
