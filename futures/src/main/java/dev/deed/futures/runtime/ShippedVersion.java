package dev.deed.futures.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One version of a job's code, which is here.
///
/// @param parts its jars that were sent, in the order of the class path
/// @param known jars that this worker had itself: the parts are the rest of the code
/// @param folder where the parts lie, each under its SHA-256
record ShippedVersion(
    JobCode code, List<CodePart> parts, List<Question.KnownJar> known, Path folder) {
  ShippedVersion {
    parts = List.copyOf(parts);
    known = List.copyOf(known);
  }

  /// What has come as the answer to `question`.
  ///
  /// @param program the worker's own code, whose classes come first
  static ShippedVersion of(
      Question.CodeParts question, List<CodePart> parts, Path folder, JobCode program)
      throws IOException {
    if (parts.isEmpty()) {
      return new ShippedVersion(program.of(question.job()), parts, question.known(), folder);
    }
    List<Path> jars = new ArrayList<>(parts.size());
    for (CodePart part : parts) {
      jars.add(jar(folder, part.digest()));
    }
    JobLoader loader = new JobLoader(jars, program.loader());
    JobCode code = new JobCode(question.job(), loader, Codecs.of(loader));
    return new ShippedVersion(code, parts, question.known(), folder);
  }

  boolean hasPart(Question.Digest digest) {
    return parts.stream().anyMatch(part -> part.digest().equals(digest));
  }

  Path jar(Question.Digest digest) {
    return jar(folder, digest);
  }

  /// Where a part of that name lies in such a folder.
  static Path jar(Path folder, Question.Digest digest) {
    return folder.resolve(digest.hex() + ".jar");
  }

  /// No task runs with it any more.
  void close() throws IOException {
    if (code.loader() instanceof JobLoader loader) {
      loader.close();
    }
    ClusterDirectory.remove(folder);
  }

  /// Nobody will look for it here any more, but tasks may run with it: they keep its loader, and
  /// that its files, which have no names from here on.
  void forget() throws IOException {
    if (code.loader() instanceof JobLoader loader) {
      loader.openAll();
    }
    ClusterDirectory.remove(folder);
  }
}
