package dev.deed.transport.store;

/// What a store knows of a value that it keeps.
///
/// @param key the name of the bytes
/// @param size length in bytes
/// @param digest checksum of all bytes ([BlockHash#digest])
public record StoredCopy(StoreKey key, long size, long digest) {}
