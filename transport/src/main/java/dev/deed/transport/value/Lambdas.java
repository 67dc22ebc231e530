package dev.deed.transport.value;

import dev.deed.lineage.Value;
import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.io.Serializable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Takes serializable lambdas and method references apart into their [Code] and what they captured,
/// and puts them together again. Thread-safe.
/* Taking apart. The JDK gives a serializable lambda a private `writeReplace` that answers a
 * `SerializedLambda`. It is called by a method handle that is found once for each lambda's class.
 * All but the captured values is the same for all instances of such a class, so it is encoded once.
 *
 * Putting together. javac gives each class with serializable lambdas a private
 * `$deserializeLambda$(SerializedLambda)`. It compares all names with those of the lambdas that
 * stand in that class's source and evaluates the matching expression, or refuses. It is called here
 * with a `SerializedLambda` of our making: no byte of Java serialization is read, no class is made
 * for each decoding (its call sites link once), and nothing can be reached that the class's author
 * has not written as a serializable lambda. Rejected: finding the implementation by name and
 * spinning a class by LambdaMetafactory. It costs a class for each code that is received, and lets
 * the sender name any method of any class.
 *
 * The hash of the class file travels with the code, since javac's names of lambdas (a hash of their
 * signature and a counter) say nothing of their body. */
final class Lambdas {
  /// Most decoded codes that are kept; further ones are resolved each time.
  private static final int MAX_TEMPLATES = 1 << 16;

  private static final MethodType TO_OBJECT = MethodType.methodType(Object.class, Object.class);
  private static final MethodType FROM_LAMBDA =
      MethodType.methodType(Object.class, SerializedLambda.class);

  private final ClassPolicy policy;
  private final Map<Header, Template> templates = new ConcurrentHashMap<>();

  private final ClassValue<Optional<Shape>> shapes =
      new ClassValue<>() {
        @Override
        protected Optional<Shape> computeValue(Class<?> type) {
          ClassLoader origin = type.getClassLoader();
          return origin == null
              ? Optional.empty()
              : writeReplace(type).map(handle -> new Shape(handle, origin));
        }
      };

  Lambdas(ClassPolicy policy) {
    this.policy = policy;
  }

  /// Whether `type` is the class of a lambda or method reference, serializable or not.
  static boolean isLambda(Class<?> type) {
    return type.isHidden() && type.isSynthetic();
  }

  /// The shape of a function, or a [NotEncodableException] that says why it has none.
  Shape shape(Object function) {
    Optional<Shape> shape = shapes.get(function.getClass());
    if (shape.isEmpty()) {
      throw new NotEncodableException(
          "the lambda "
              + displayName(function.getClass())
              + " can't be sent: "
              + (function instanceof Serializable
                  ? "it was made by a library that is closed to us; write it as a lambda of yours"
                  : "its functional interface does not extend java.io.Serializable"));
    }
    shape.get().prepare(function);
    return shape.get();
  }

  /// The template for an encoded [Code]; fails with a [CodecException] if the function isn't here,
  /// differs, or is not allowed.
  Template template(byte[] header) {
    Header key = new Header(header);
    Template known = templates.get(key);
    if (known != null) {
      return known;
    }
    WireReader in = new WireReader(header);
    Code code = Code.read(in);
    in.expectEnd();
    Template template = resolve(code);
    if (templates.size() < MAX_TEMPLATES) {
      templates.putIfAbsent(key, template);
    }
    return template;
  }

  private Template resolve(Code code) {
    Class<?> capturing = load(code.capturingClass());
    if (!policy.isApplication(capturing)) {
      throw new NotDecodableException(
          "a function of " + capturing.getName() + ", which is no class of the job");
    }
    ClassFiles.check(capturing, code.capturingHash());
    if (code.implementationHash() != ClassFiles.UNKNOWN) {
      ClassFiles.check(load(code.implementationClass()), code.implementationHash());
    }
    try {
      int captures = code.captureCount(policy.loader());
      if (captures < 0) {
        throw new MalformedException("a function whose descriptors do not fit: " + code);
      }
      MethodHandle maker =
          MethodHandles.privateLookupIn(capturing, MethodHandles.lookup())
              .findStatic(capturing, "$deserializeLambda$", FROM_LAMBDA);
      return new Template(code, capturing, maker, captures);
    } catch (IllegalAccessException | NoSuchMethodException e) {
      throw new NotDecodableException(
          capturing.getName() + " declares no serializable lambda that can be reached", e);
    } catch (IllegalArgumentException | TypeNotPresentException e) {
      throw new NotDecodableException("a function with an unknown signature: " + code, e);
    }
  }

  private Class<?> load(String internalName) {
    try {
      return Class.forName(internalName.replace('/', '.'), false, policy.loader());
    } catch (ClassNotFoundException | LinkageError e) {
      throw NotDecodableException.missing(internalName.replace('/', '.'), e);
    }
  }

  private static Optional<MethodHandle> writeReplace(Class<?> type) {
    if (!Serializable.class.isAssignableFrom(type)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          MethodHandles.privateLookupIn(type, MethodHandles.lookup())
              .findVirtual(type, "writeReplace", MethodType.methodType(Object.class))
              .asType(TO_OBJECT));
    } catch (IllegalAccessException | NoSuchMethodException e) {
      // A lambda of a package that is closed to us, such as one of the JDK's own.
      return Optional.empty();
    }
  }

  private static String displayName(Class<?> lambda) {
    String name = lambda.getName();
    int mark = name.indexOf("$$Lambda");
    return mark < 0 ? name : "of class " + name.substring(0, mark);
  }

  /// What all instances of one lambda's class have in common.
  final class Shape {
    private final MethodHandle writeReplace;
    private volatile @Nullable Code code;
    private volatile byte @Nullable [] header;
    private volatile @Nullable String name;
    private volatile @Nullable Value whole;

    /// The loader of the function's own class, which need not be the job's.
    private final ClassLoader origin;

    private Shape(MethodHandle writeReplace, ClassLoader origin) {
      this.writeReplace = writeReplace;
      this.origin = origin;
    }

    private Class<?> own(String internalName) {
      try {
        return Class.forName(internalName.replace('/', '.'), false, origin);
      } catch (ClassNotFoundException | LinkageError e) {
        throw new NotEncodableException(
            "a function whose class can't be found: " + internalName, e);
      }
    }

    private void prepare(Object function) {
      if (header != null) {
        return;
      }
      SerializedLambda lambda = crack(function);
      Class<?> capturing = own(lambda.getCapturingClass());
      if (!policy.isApplication(capturing)) {
        throw new NotEncodableException(
            "a function made by "
                + capturing.getName()
                + " can't be sent, for it is no class of the job: write it as a lambda");
      }
      Code made = Code.of(lambda, ClassFiles.hash(capturing), implementationHash(lambda));
      WireWriter out = new WireWriter(256);
      made.write(out);
      if (lambda.getCapturedArgCount() == 0) {
        whole = CodeCodec.wholeOf(out.toBytes());
      }
      code = made;
      header = out.toBytes();
    }

    private long implementationHash(SerializedLambda lambda) {
      if (lambda.getImplClass().equals(lambda.getCapturingClass())) {
        return ClassFiles.UNKNOWN;
      }
      Class<?> implementation = own(lambda.getImplClass());
      return policy.isApplication(implementation)
          ? ClassFiles.hash(implementation)
          : ClassFiles.UNKNOWN;
    }

    private SerializedLambda crack(Object function) {
      try {
        return (SerializedLambda) (Object) writeReplace.invokeExact(function);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new NotEncodableException("a lambda that can't be taken apart", e);
      }
    }

    Code code() {
      return present(code);
    }

    /// The encoded code; not to be changed.
    byte[] header() {
      return present(header);
    }

    /// The encoded function if nothing is captured; not to be changed.
    @Nullable Value whole() {
      return whole;
    }

    /// The values that `function` captured.
    @Nullable Object[] captures(Object function) {
      SerializedLambda lambda = crack(function);
      @Nullable Object[] captures = new Object[lambda.getCapturedArgCount()];
      for (int i = 0; i < captures.length; i++) {
        captures[i] = lambda.getCapturedArg(i);
      }
      return captures;
    }

    /// A name for people.
    String name() {
      String known = name;
      if (known == null) {
        known = FunctionNames.of(code(), own(code().capturingClass()));
        name = known;
      }
      return known;
    }

    private <T> T present(@Nullable T value) {
      if (value == null) {
        throw new IllegalStateException("a shape that was not prepared");
      }
      return value;
    }
  }

  /// Makes functions of one code.
  static final class Template {
    private final Code code;
    private final Class<?> capturing;
    private final MethodHandle maker;
    private final int captures;
    private volatile @Nullable Object constant;

    private Template(Code code, Class<?> capturing, MethodHandle maker, int captures) {
      this.code = code;
      this.capturing = capturing;
      this.maker = maker;
      this.captures = captures;
    }

    int captures() {
      return captures;
    }

    /// The function with these captured values; one instance for all if there are none.
    Object make(@Nullable Object[] values) {
      if (values.length != captures) {
        throw new MalformedException(
            values.length + " captured values for a function that has " + captures);
      }
      Object known = constant;
      if (known != null) {
        return known;
      }
      Object made = call(values);
      if (captures == 0) {
        constant = made;
      }
      return made;
    }

    private Object call(@Nullable Object[] values) {
      SerializedLambda lambda =
          new SerializedLambda(
              capturing,
              code.interfaceClass(),
              code.interfaceMethod(),
              code.interfaceDescriptor(),
              code.kind(),
              code.implementationClass(),
              code.implementationMethod(),
              code.implementationDescriptor(),
              code.instantiatedDescriptor(),
              values);
      try {
        return (Object) maker.invokeExact(lambda);
      } catch (ClassCastException | NullPointerException e) {
        throw new MalformedException("captured values that do not fit " + code + ": " + e);
      } catch (IllegalArgumentException | LinkageError e) {
        throw new NotDecodableException(
            capturing.getName() + " has no lambda or method reference " + code, e);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new NotDecodableException("a function that can't be made: " + code, e);
      }
    }
  }

  /// Encoded code as the key of a map.
  private record Header(byte[] bytes) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Header(byte[] others) && Arrays.equals(bytes, others);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }
}
