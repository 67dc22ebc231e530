/// Stored values: the store of a worker ([ObjectStore], in memory or in files of `/dev/shm`), and
/// the transfer of values between workers ([TransferServer], [TransferClient]).
///
/// A value is a row of blocks of 1 MiB ([BlockHash]). Each block has a 64-bit checksum, kept beside
/// the bytes; the value's digest is computed from them. So the checksum that a chunk carries over
/// the wire is the one that was made when the block was written: the sender computes nothing, and
/// whoever receives the blocks, in any order, has the digest for free.
@NullMarked
package dev.deed.transport.store;

import org.jspecify.annotations.NullMarked;
