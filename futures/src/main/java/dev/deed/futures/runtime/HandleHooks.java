package dev.deed.futures.runtime;

import dev.deed.CodeMismatchException;
import dev.deed.NotSerializableValueException;
import dev.deed.lineage.Reference;
import dev.deed.ownership.Event;
import dev.deed.transport.value.CodecException;
import dev.deed.transport.value.NotDecodableException;
import dev.deed.transport.value.ReferenceHook;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How references of one worker get into encoded values and out of them. Thread-safe.
final class HandleHooks {
  private final WorkerRuntime runtime;

  HandleHooks(WorkerRuntime runtime) {
    this.runtime = runtime;
  }

  /// Encodes something. The references inside must be open and of this worker, else this throws
  /// what their use would throw. Throws [NotSerializableValueException] for what can't be encoded.
  <T> T writing(Function<ReferenceHook, T> encoding) {
    WriteHook hook = new WriteHook();
    try {
      return encoding.apply(hook);
    } catch (CodecException e) {
      RuntimeException refusal = hook.refusal;
      if (refusal != null) {
        refusal.addSuppressed(e);
        throw refusal;
      }
      throw new NotSerializableValueException(text(e), e);
    }
  }

  /// Decodes something; the references inside get handles, which the core is told of before this
  /// returns. Throws [NotSerializableValueException] or [CodeMismatchException] for what can't be
  /// decoded.
  <T extends @Nullable Object> T reading(Function<ReferenceHook, T> decoding) {
    ReadHook hook = new ReadHook();
    try {
      return decoding.apply(hook);
    } catch (dev.deed.transport.value.CodeMismatchException e) {
      throw new CodeMismatchException(text(e), e);
    } catch (NotDecodableException e) {
      if (e.missingClass().isPresent()) {
        throw new CodeMismatchException(text(e), e);
      }
      throw new NotSerializableValueException(text(e), e);
    } catch (CodecException e) {
      throw new NotSerializableValueException(text(e), e);
    } finally {
      hook.publish();
    }
  }

  private static String text(CodecException problem) {
    return String.valueOf(problem.getMessage());
  }

  private final class WriteHook implements ReferenceHook {
    private @Nullable RuntimeException refusal;

    @Override
    public Reference write(Object handle) {
      try {
        return HandleRef.of((HandleRef<?>) handle, runtime).reference();
      } catch (RuntimeException e) {
        // A codec may wrap what it lets through.
        refusal = e;
        throw e;
      }
    }

    @Override
    public Object read(Reference reference, Class<?> type) {
      throw new IllegalStateException("broken invariant: a hook for writing reads");
    }
  }

  private final class ReadHook implements ReferenceHook {
    private @Nullable List<HandleRef<?>> made;

    @Override
    public Reference write(Object handle) {
      throw new IllegalStateException("broken invariant: a hook for reading writes");
    }

    @Override
    public Object read(Reference reference, Class<?> type) {
      List<HandleRef<?>> all = made;
      if (all == null) {
        all = new ArrayList<>();
        made = all;
      }
      HandleRef<?> ref = new HandleRef<>(runtime, reference, runtime.handles().nextNumber(), null);
      all.add(ref);
      return ref;
    }

    void publish() {
      List<HandleRef<?>> all = made;
      if (all == null) {
        return;
      }
      List<Reference> references = new ArrayList<>(all.size());
      long[] numbers = new long[all.size()];
      for (HandleRef<?> ref : all) {
        numbers[references.size()] = ref.handle().number();
        references.add(ref.reference());
      }
      try {
        runtime.driver().publish(new Event.HandlesAdded(references, numbers));
      } finally {
        java.lang.ref.Reference.reachabilityFence(all);
      }
    }
  }
}
