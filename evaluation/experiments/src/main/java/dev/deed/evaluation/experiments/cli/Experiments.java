package dev.deed.evaluation.experiments.cli;

import dev.deed.evaluation.experiments.Experiment;
import dev.deed.evaluation.experiments.nsdi21.RecoveryExperiment;
import dev.deed.evaluation.experiments.owners.OwnersExperiment;
import dev.deed.futures.cli.CommandException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The experiments that can be reproduced, by paper and figure.
///
/// @param all in the order in which they run
record Experiments(List<Experiment> all) {
  /// Those of this module.
  static final Experiments OURS =
      new Experiments(List.of(new RecoveryExperiment(), new OwnersExperiment()));

  Experiments {
    all = List.copyOf(all);
  }

  /// Those of a paper, or all; of the named figures, or all. Throws [CommandException] for a name
  /// that is not known.
  List<Experiment> chosen(Optional<String> paper, List<String> figures) {
    List<Experiment> ofPaper =
        all.stream().filter(e -> paper.isEmpty() || e.paper().equals(paper.get())).toList();
    if (ofPaper.isEmpty()) {
      throw CommandException.userError(
          "there is no experiment of '" + paper.orElse("") + "': choose from " + names() + ".");
    }
    if (figures.isEmpty()) {
      return ofPaper;
    }
    List<Experiment> chosen = new ArrayList<>();
    for (String figure : figures) {
      chosen.add(
          ofPaper.stream()
              .filter(experiment -> experiment.figure().equals(figure))
              .findFirst()
              .orElseThrow(() ->
                  CommandException.userError(
                      "there is no '" + figure + "' in that paper: choose from " + names() + ".")));
    }
    return chosen;
  }

  /// `nsdi21 recovery`, and so on.
  String names() {
    return all.stream()
        .map(experiment -> "'" + experiment.paper() + " " + experiment.figure() + "'")
        .collect(Collectors.joining(", "));
  }
}
