package dev.deed.transport.store;

import dev.deed.lineage.wire.MalformedException;
import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;
import java.util.zip.CRC32C;

/// The frames of a bulk connection: requests one way, answers the other, in the order of the
/// requests.
final class ChunkProtocol {
  /*
   * Messages: a request is a length (4 bytes) and so many bytes: GET (number, name, size, digest,
   * block) or END (the value is not needed any more). An answer is a head of 32 bytes, ended by its
   * CRC32C, and the bytes of the block, plain or as one zstd frame. All numbers are little-endian.
   * Invariants: a block is 1 MiB or the rest of the value; a compressed one is shorter than it was;
   * number and length of an answer are those of the oldest request that has no answer.
   * Failure: whoever reads anything else closes the connection; the other side asks again elsewhere.
   */
  /// Longest request.
  static final int MAX_REQUEST_BYTES = 128;

  /// Length of an answer's head.
  static final int HEAD_BYTES = 32;

  private static final int GET = 1;
  private static final int END = 2;
  private static final int MAGIC = 0x4b4e4843; // "CHNK"

  private ChunkProtocol() {}

  /// What a client wants.
  sealed interface Request {
    /// One block of the value of this name, size and digest.
    record Get(int number, StoredCopy value, int block) implements Request {
      int length() {
        return BlockHash.blockLength(value.size(), block);
      }
    }

    /// Nothing more of the value for now.
    record End() implements Request {}
  }

  /// What a server has.
  enum Kind {
    /// The bytes as they are.
    PLAIN(1),
    /// The bytes as one zstd frame.
    ZSTD(2),
    /// There is no such value here.
    ABSENT(3),
    /// The value is arriving, this block has not come.
    PENDING(4);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    boolean hasBytes() {
      return this == PLAIN || this == ZSTD;
    }

    private static Kind of(int code) {
      return switch (code) {
        case 1 -> PLAIN;
        case 2 -> ZSTD;
        case 3 -> ABSENT;
        case 4 -> PENDING;
        default -> throw new MalformedException("an answer of kind " + code);
      };
    }
  }

  /// The head of an answer.
  ///
  /// @param number of the request
  /// @param length of the block
  /// @param wireLength number of bytes that follow
  /// @param hash checksum of the block ([BlockHash])
  record Answer(Kind kind, int number, int length, int wireLength, long hash) {
    static Answer without(Kind kind, int number) {
      return new Answer(kind, number, 0, 0, 0);
    }

    /// Throws [MalformedException] unless this can answer `request`.
    void requireFor(Request.Get request) {
      boolean fits =
          switch (kind) {
            case PLAIN -> length == request.length() && wireLength == length;
            case ZSTD -> length == request.length() && wireLength > 0 && wireLength < length;
            case ABSENT, PENDING -> length == 0 && wireLength == 0;
          };
      if (number != request.number() || !fits) {
        throw new MalformedException("an answer that fits no request: " + this);
      }
    }
  }

  /// Writes a request into the buffer.
  static void put(Request request, ByteBuffer into) {
    WireWriter out = new WireWriter(MAX_REQUEST_BYTES);
    switch (request) {
      case Request.Get(int number, StoredCopy value, int block) -> {
        out.writeByte(GET);
        out.writeInt(number);
        value.key().write(out);
        out.writeLong(value.size());
        out.writeFixedLong(value.digest());
        out.writeInt(block);
      }
      case Request.End() -> out.writeByte(END);
    }
    into.order(ByteOrder.LITTLE_ENDIAN).putInt(out.length()).put(out.array(), 0, out.length());
  }

  /// Takes a whole request out of the buffer (between position and limit); empty, and nothing
  /// taken, if more bytes are needed. Throws [MalformedException] for anything else.
  static Optional<Request> take(ByteBuffer from) {
    from.order(ByteOrder.LITTLE_ENDIAN);
    if (from.remaining() < 4) {
      return Optional.empty();
    }
    int length = from.getInt(from.position());
    if (length < 1 || length > MAX_REQUEST_BYTES) {
      throw new MalformedException("a request of " + length + " bytes");
    }
    if (from.remaining() < 4 + length) {
      return Optional.empty();
    }
    byte[] bytes = new byte[length];
    from.position(from.position() + 4).get(bytes);
    return Optional.of(parse(new WireReader(bytes)));
  }

  private static Request parse(WireReader in) {
    int type = in.readByte();
    if (type == END) {
      in.expectEnd();
      return new Request.End();
    }
    if (type != GET) {
      throw new MalformedException("a request of type " + type);
    }
    int number = in.readInt();
    StoredCopy value = new StoredCopy(StoreKey.read(in), in.readLong(), in.readFixedLong());
    int block = in.readInt();
    in.expectEnd();
    if (value.size() > BlockHash.MAX_VALUE_BYTES || block >= BlockHash.blocks(value.size())) {
      throw new MalformedException("block " + block + " of " + value.size() + " bytes");
    }
    return new Request.Get(number, value, block);
  }

  /// Writes an answer's head into the buffer.
  static void put(Answer answer, ByteBuffer into) {
    int start = into.position();
    into.order(ByteOrder.LITTLE_ENDIAN)
        .putInt(MAGIC)
        .putInt(answer.kind().code)
        .putInt(answer.number())
        .putInt(answer.length())
        .putInt(answer.wireLength())
        .putLong(answer.hash());
    into.putInt(crc(into, start));
  }

  /// Reads an answer's head at the buffer's position. Throws [MalformedException] for anything
  /// else.
  static Answer takeAnswer(ByteBuffer from) {
    int start = from.position();
    from.order(ByteOrder.LITTLE_ENDIAN);
    int magic = from.getInt();
    int kind = from.getInt();
    int number = from.getInt();
    int length = from.getInt();
    int wireLength = from.getInt();
    long hash = from.getLong();
    int expected = crc(from, start);
    if (magic != MAGIC || from.getInt() != expected) {
      throw new MalformedException("no head of an answer");
    }
    return new Answer(Kind.of(kind), number, length, wireLength, hash);
  }

  private static int crc(ByteBuffer buffer, int start) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(start, HEAD_BYTES - 4));
    return (int) crc.getValue();
  }

  /// Fills the buffer from a blocking channel.
  ///
  /// @throws EOFException if the channel ends before
  static void readFully(ReadableByteChannel from, ByteBuffer into, Watchdog.Guard guard)
      throws IOException {
    while (into.hasRemaining()) {
      int count = from.read(into);
      if (count < 0) {
        throw new EOFException("the connection ended");
      }
      guard.progressed(count);
    }
  }

  /// Writes all of the buffer to a blocking channel.
  static void writeFully(WritableByteChannel to, ByteBuffer bytes, Watchdog.Guard guard)
      throws IOException {
    while (bytes.hasRemaining()) {
      guard.progressed(to.write(bytes));
    }
  }
}
