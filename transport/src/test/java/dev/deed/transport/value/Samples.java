package dev.deed.transport.value;

import dev.deed.lineage.EstateId;
import dev.deed.lineage.Reference;
import dev.deed.lineage.TaskId;
import dev.deed.lineage.Value;
import dev.deed.lineage.WorkerId;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Types and helpers that the tests of this package share.
final class Samples {
  static final ValueCodec VALUES =
      new ValueCodec(Samples.class.getClassLoader(), Handle.class::isAssignableFrom);
  static final ValueCodec COMPILED = compiled();
  static final CodeCodec CODE = new CodeCodec(VALUES, (_, _) -> {});

  private Samples() {}

  private static ValueCodec compiled() {
    ValueCodec codec =
        new ValueCodec(Samples.class.getClassLoader(), Handle.class::isAssignableFrom);
    codec.compile();
    return codec;
  }

  /// The API's functions look like these.
  interface Task0<R> extends Serializable {
    R run() throws Exception;
  }

  interface Task1<A, R> extends Serializable {
    R run(A a) throws Exception;
  }

  interface Task2<A, B, R> extends Serializable {
    R run(A a, B b) throws Exception;
  }

  /// The API's handles look like these.
  interface Handle<T> {
    Reference reference();
  }

  static final class Ref<T> implements Handle<T> {
    private final Reference reference;
    final Thread notEncodable = Thread.currentThread();

    Ref(Reference reference) {
      this.reference = reference;
    }

    @Override
    public Reference reference() {
      return reference;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Ref<?> ref && ref.reference.equals(reference);
    }

    @Override
    public int hashCode() {
      return reference.hashCode();
    }
  }

  static final ReferenceHook HOOK =
      new ReferenceHook() {
        @Override
        public Reference write(Object handle) {
          return ((Handle<?>) handle).reference();
        }

        @Override
        public Object read(Reference reference, Class<?> type) {
          return new Ref<>(reference);
        }
      };

  static <T> Ref<T> ref(long number) {
    return new Ref<>(reference(number));
  }

  static Reference reference(long number) {
    return new Reference(
        new TaskId(number, ~number).result(0), new EstateId(new WorkerId(number, 7)));
  }

  static @Nullable Object roundTrip(@Nullable Object value) {
    return VALUES.decode(VALUES.encode(value, HOOK).payload().bytes(), HOOK);
  }

  static <T> T roundTrip(Object value, Class<T> type) {
    return type.cast(Objects.requireNonNull(roundTrip(value)));
  }

  /// With generated code on one side, without it on the other.
  static @Nullable Object mixedRoundTrip(@Nullable Object value, boolean compiledEncoder) {
    ValueCodec encoder = compiledEncoder ? COMPILED : VALUES;
    ValueCodec decoder = compiledEncoder ? VALUES : COMPILED;
    return decoder.decode(encoder.encode(value, HOOK).payload().bytes(), HOOK);
  }

  static <T> T roundTripFunction(T function, Class<?> type) {
    Value encoded = CODE.encode(function, HOOK);
    @SuppressWarnings("unchecked")
    T decoded = (T) CODE.decode(encoded.payload().bytes(), type, HOOK);
    return decoded;
  }

  record Point(int x, int y) {}

  record Named(String name, Point at, List<Integer> marks, Map<String, Double> weights) {}

  record Holder(Object held) {}

  record Empty() {}

  sealed interface Shape permits Circle, Square {}

  record Circle(double radius) implements Shape {}

  record Square(double side, Shape inner) implements Shape {}

  enum Color {
    RED,
    GREEN {
      @Override
      String label() {
        return "grass";
      }
    };

    String label() {
      return "plain";
    }
  }

  static class Node {
    String name;
    @Nullable Node next;
    final List<Node> friends = new ArrayList<>();
    transient int cache;

    Node(String name) {
      this.name = name;
    }
  }

  static final class Special extends Node {
    private final long extra;

    Special(String name, long extra) {
      super(name);
      this.extra = extra;
    }

    long extra() {
      return extra;
    }
  }

  static final class Customer {
    final String name;
    final Object socket;

    Customer(String name, Object socket) {
      this.name = name;
      this.socket = socket;
    }
  }

  record Order(int id, Customer customer) {}

  static final class Box<T> {
    @Nullable T content;

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Box<?> box && Objects.equals(box.content, content);
    }

    @Override
    public int hashCode() {
      return Objects.hashCode(content);
    }
  }
}
