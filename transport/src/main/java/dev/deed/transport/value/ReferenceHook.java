package dev.deed.transport.value;

import dev.deed.lineage.Reference;

/// How the API's handles of references (`Ref`, `Actor`) get into a value's bytes and out of them.
///
/// A handle found anywhere in a graph is written as its [Reference] and collected. The hook is
/// given with each call, on whose thread alone it is used; which classes are handles is fixed for a
/// whole [ValueCodec].
public interface ReferenceHook {
  /// A hook for where no handle may occur: meeting one is an error.
  ReferenceHook NONE =
      new ReferenceHook() {
        @Override
        public Reference write(Object handle) {
          throw new NotEncodableException(
              "a reference (" + handle.getClass().getName() + ") can't be encoded here");
        }

        @Override
        public Object read(Reference reference, Class<?> type) {
          throw new NotDecodableException("a reference can't be decoded here: " + reference);
        }
      };

  /// What `handle` refers to; `handle` is an instance of a handle class.
  Reference write(Object handle);

  /// A new handle for `reference`.
  ///
  /// @param type the handle's class at the sender
  /// @return an instance of a handle class
  Object read(Reference reference, Class<?> type);
}
