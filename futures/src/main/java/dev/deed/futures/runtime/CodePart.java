package dev.deed.futures.runtime;

import dev.deed.lineage.wire.WireReader;
import dev.deed.lineage.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/// One jar of a program's code, named by its content: a jar of its class path, or a folder of it
/// packed into one.
///
/// @param digest SHA-256 of its bytes
/// @param size in bytes
record CodePart(Question.Digest digest, long size) {
  /// Most parts of one program.
  static final int MOST = 4096;

  /// Most bytes of all parts of one program.
  static final long MOST_BYTES = 1L << 30;

  /// Longest list of parts, in bytes.
  static final int MAX_LIST_BYTES = MOST * 64;

  static byte[] write(List<CodePart> parts) {
    WireWriter out = new WireWriter(64 * parts.size() + 8);
    out.writeInt(parts.size());
    for (CodePart part : parts) {
      part.digest().write(out);
      out.writeLong(part.size());
    }
    return out.toBytes();
  }

  static List<CodePart> read(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    int count = in.readCount(Question.DIGEST_BYTES + 1);
    List<CodePart> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      parts.add(new CodePart(Question.Digest.read(in), in.readLong()));
    }
    in.expectEnd();
    return parts;
  }

  /// Bytes of all of them; more than any bound if there are too many or too large ones.
  static long total(List<CodePart> parts) {
    long total = 0;
    for (CodePart part : parts) {
      if (parts.size() > MOST || part.size() > MOST_BYTES - total) {
        return Long.MAX_VALUE;
      }
      total += part.size();
    }
    return total;
  }
}
