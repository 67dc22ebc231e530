package dev.deed.transport.value;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.util.List;

/// The names that make up a lambda or method reference, without what it captured: equal codes are
/// the same function. Names of classes and descriptors are in the JVM's internal form.
///
/// @param capturingClass the class whose source has the expression
/// @param capturingHash 64-bit hash of that class's file, 0 if it has none
/// @param interfaceClass the functional interface
/// @param interfaceMethod its method
/// @param interfaceDescriptor that method's erased descriptor
/// @param kind a `REF_…` constant of [MethodHandleInfo]
/// @param implementationClass the class that declares the body or the referred method
/// @param implementationHash hash of that class's file, 0 if it is the capturing class or the JDK's
/// @param implementationMethod name of the body or the referred method
/// @param implementationDescriptor its descriptor
/// @param instantiatedDescriptor the interface method's descriptor with its type arguments put in
public record Code(
    String capturingClass,
    long capturingHash,
    String interfaceClass,
    String interfaceMethod,
    String interfaceDescriptor,
    int kind,
    String implementationClass,
    long implementationHash,
    String implementationMethod,
    String implementationDescriptor,
    String instantiatedDescriptor) {

  static Code of(SerializedLambda lambda, long capturingHash, long implementationHash) {
    return new Code(
        lambda.getCapturingClass(),
        capturingHash,
        lambda.getFunctionalInterfaceClass(),
        lambda.getFunctionalInterfaceMethodName(),
        lambda.getFunctionalInterfaceMethodSignature(),
        lambda.getImplMethodKind(),
        lambda.getImplClass(),
        implementationHash,
        lambda.getImplMethodName(),
        lambda.getImplMethodSignature(),
        lambda.getInstantiatedMethodType());
  }

  /// Whether the first captured value is the object on which the implementation is called.
  boolean mayHaveReceiver() {
    return switch (kind) {
      case MethodHandleInfo.REF_invokeVirtual,
          MethodHandleInfo.REF_invokeInterface,
          MethodHandleInfo.REF_invokeSpecial ->
          true;
      default -> false;
    };
  }

  /// The classes that it is made with: the capturing one and, if that is another of the job, the
  /// one that implements it.
  List<ClassVersion> classes() {
    ClassVersion capturing = new ClassVersion(capturingClass.replace('/', '.'), capturingHash);
    return implementationHash == ClassFiles.UNKNOWN
        ? List.of(capturing)
        : List.of(
            capturing, new ClassVersion(implementationClass.replace('/', '.'), implementationHash));
  }

  /// Whether this is a lambda's body, which javac makes a method of the capturing class.
  boolean isLambdaBody() {
    return implementationMethod.startsWith("lambda$") && implementationClass.equals(capturingClass);
  }

  /// Number of captured values that the two descriptors leave for capture; negative if they do not
  /// fit together.
  ///
  /// @throws IllegalArgumentException for a descriptor that is none
  int captureCount(ClassLoader loader) {
    MethodType implementation =
        MethodType.fromMethodDescriptorString(implementationDescriptor, loader);
    MethodType instantiated = MethodType.fromMethodDescriptorString(instantiatedDescriptor, loader);
    int receiver = mayHaveReceiver() ? 1 : 0;
    return implementation.parameterCount() + receiver - instantiated.parameterCount();
  }

  /// Writes all parts.
  void write(WireWriter out) {
    out.writeFixedLong(capturingHash);
    out.writeFixedLong(implementationHash);
    out.writeByte(kind);
    out.writeString(capturingClass);
    out.writeString(interfaceClass);
    out.writeString(interfaceMethod);
    out.writeString(interfaceDescriptor);
    out.writeString(implementationClass);
    out.writeString(implementationMethod);
    out.writeString(implementationDescriptor);
    out.writeString(instantiatedDescriptor);
  }

  /// Reads what [#write] wrote.
  static Code read(WireReader in) {
    long capturingHash = in.readFixedLong();
    long implementationHash = in.readFixedLong();
    int kind = in.readByte();
    String capturingClass = in.readString();
    String interfaceClass = in.readString();
    String interfaceMethod = in.readString();
    String interfaceDescriptor = in.readString();
    String implementationClass = in.readString();
    String implementationMethod = in.readString();
    String implementationDescriptor = in.readString();
    String instantiatedDescriptor = in.readString();
    return new Code(
        capturingClass,
        capturingHash,
        interfaceClass,
        interfaceMethod,
        interfaceDescriptor,
        kind,
        implementationClass,
        implementationHash,
        implementationMethod,
        implementationDescriptor,
        instantiatedDescriptor);
  }
}
