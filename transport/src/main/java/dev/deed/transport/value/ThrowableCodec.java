package dev.deed.transport.value;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Exceptions as data: class, message, stack trace, cause, suppressed ones, and the fields that
/// classes of the job declare. No constructor or method of the exception's class runs at the
/// receiver, except `getMessage` to see that it works. Thread-safe.
///
/// Layout: number of exceptions; of each: class name, message (a flag, text), frames (number;
/// class, method, file or nothing, line + 2), index of the cause + 1 or 0, number and indices + 1
/// of the suppressed. The first is the root, and each index is larger than its own exception's. The
/// values of fields travel apart, as a graph.
final class ThrowableCodec {
  /// Most exceptions of one chain or tree; what lies beyond is left out.
  static final int MAX_NODES = 64;

  private static final int MAX_FRAMES = 1024;

  private final ClassPolicy policy;
  private final Inspector inspector;

  ThrowableCodec(ClassPolicy policy, Inspector inspector) {
    this.policy = policy;
    this.inspector = inspector;
  }

  /// An exception taken apart.
  ///
  /// @param nodes the encoded data
  /// @param fields triples (index of the exception, `class.field`, value) in one array, or null
  record Parts(byte[] nodes, @Nullable Object @Nullable [] fields) {}

  /// Takes `root` and what hangs on it apart. Fields that can't be encoded are left out.
  Parts take(Throwable root) {
    List<Throwable> nodes = new ArrayList<>();
    IdentityHashMap<Throwable, Integer> indices = new IdentityHashMap<>();
    nodes.add(root);
    indices.put(root, 0);
    WireWriter body = new WireWriter(1024);
    List<@Nullable Object> fields = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Throwable node = nodes.get(i);
      writeOne(node, body);
      body.writeInt(indexOf(node.getCause(), i, nodes, indices));
      Throwable[] suppressed = node.getSuppressed();
      List<Integer> kept = new ArrayList<>();
      for (Throwable other : suppressed) {
        int index = indexOf(other, i, nodes, indices);
        if (index > 0) {
          kept.add(index);
        }
      }
      body.writeInt(kept.size());
      kept.forEach(body::writeInt);
      collectFields(i, node, fields);
    }
    WireWriter out = new WireWriter(body.length() + 8);
    out.writeInt(nodes.size());
    out.writeRaw(body.array(), 0, body.length());
    return new Parts(out.toBytes(), fields.isEmpty() ? null : fields.toArray());
  }

  /// Builds the exception again, with stand-ins for those whose class can't be had.
  Throwable build(WireReader in, @Nullable Object @Nullable [] fields) {
    int count = in.readCount(5);
    if (count < 1 || count > MAX_NODES) {
      throw new MalformedException("an exception of " + count + " parts");
    }
    List<Node> nodes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      nodes.add(readOne(in, i, count));
    }
    if (fields != null) {
      spreadFields(fields, nodes);
    }
    Throwable[] built = new Throwable[count];
    for (int i = count - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      Throwable cause = node.cause == 0 ? null : built[node.cause - 1];
      built[i] = ThrowableBuilder.build(node.data, cause, policy);
      for (int index : node.suppressed) {
        built[i].addSuppressed(built[index - 1]);
      }
    }
    return built[0];
  }

  /// The index + 1 of a part that stands after `parent`, or 0 for none, one that would close a
  /// cycle, or one too many.
  private static int indexOf(
      @Nullable Throwable part,
      int parent,
      List<Throwable> nodes,
      IdentityHashMap<Throwable, Integer> indices) {
    if (part == null) {
      return 0;
    }
    Integer known = indices.get(part);
    if (known != null) {
      return known > parent ? known + 1 : 0;
    }
    if (nodes.size() == MAX_NODES) {
      return 0;
    }
    indices.put(part, nodes.size());
    nodes.add(part);
    return nodes.size();
  }

  private void writeOne(Throwable node, WireWriter out) {
    boolean standIn = node instanceof RemoteException;
    out.writeString(
        node instanceof RemoteException remote
            ? remote.originalClass()
            : node.getClass().getName());
    String message = message(node);
    if (standIn && message != null) {
      String prefix = ((RemoteException) node).originalClass() + ": ";
      message = message.startsWith(prefix) ? message.substring(prefix.length()) : "";
    }
    writeOptional(message, out);
    StackTraceElement[] frames = node.getStackTrace();
    int kept = Math.min(frames.length, MAX_FRAMES);
    out.writeInt(kept);
    for (int i = 0; i < kept; i++) {
      out.writeString(frames[i].getClassName());
      out.writeString(frames[i].getMethodName());
      writeOptional(frames[i].getFileName(), out);
      out.writeInt(Math.max(0, frames[i].getLineNumber() + 2));
    }
  }

  private static Node readOne(WireReader in, int own, int count) {
    String className = in.readString();
    String message = readOptional(in);
    StackTraceElement[] frames = new StackTraceElement[in.readCount(4)];
    for (int i = 0; i < frames.length; i++) {
      String type = in.readString();
      String method = in.readString();
      String file = readOptional(in);
      frames[i] = new StackTraceElement(type, method, file, in.readInt() - 2);
    }
    int cause = readIndex(in, own, count);
    int[] suppressed = new int[in.readCount(1)];
    for (int i = 0; i < suppressed.length; i++) {
      suppressed[i] = readIndex(in, own, count);
      if (suppressed[i] == 0) {
        throw new MalformedException("a suppressed exception that is none");
      }
    }
    return new Node(
        new ThrowableBuilder.Data(className, message, frames, new ArrayList<>()),
        cause,
        suppressed);
  }

  private static int readIndex(WireReader in, int own, int count) {
    int index = in.readInt();
    if (index != 0 && (index - 1 <= own || index > count)) {
      throw new MalformedException("part " + index + " below part " + own + " of " + count);
    }
    return index;
  }

  private void collectFields(int index, Throwable node, List<@Nullable Object> into) {
    for (Field field : ThrowableBuilder.fields(node.getClass(), policy)) {
      Object value;
      try {
        value = field.get(node);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("a field that was made accessible: " + field, e);
      }
      if (value != null && inspector.find(value).isEmpty()) {
        into.add(index);
        into.add(ThrowableBuilder.key(field));
        into.add(value);
      }
    }
  }

  private static void spreadFields(@Nullable Object[] fields, List<Node> nodes) {
    if (fields.length % 3 != 0) {
      throw new MalformedException("fields of an exception that are no triples");
    }
    for (int i = 0; i < fields.length; i += 3) {
      Object value = fields[i + 2];
      if (!(fields[i] instanceof Integer index)
          || index < 0
          || index >= nodes.size()
          || !(fields[i + 1] instanceof String key)
          || value == null) {
        throw new MalformedException("a field of an exception without its name or value");
      }
      nodes.get(index).data.fields().add(new ThrowableBuilder.Assignment(key, value));
    }
  }

  /// The message, or why there is none: `getMessage` is the user's code.
  private static @Nullable String message(Throwable node) {
    try {
      return node.getMessage();
    } catch (RuntimeException e) {
      return "(its getMessage failed: " + e + ")";
    }
  }

  private static void writeOptional(@Nullable String text, WireWriter out) {
    out.writeBoolean(text != null);
    if (text != null) {
      out.writeString(text);
    }
  }

  private static @Nullable String readOptional(WireReader in) {
    return in.readBoolean() ? in.readString() : null;
  }

  private record Node(ThrowableBuilder.Data data, int cause, int[] suppressed) {}
}
