package dev.deed.futures.cli;

import dev.deed.DeedConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/// The settings of [DeedConfig] as options of a command: `--store-bytes 2g`.
final class SettingFlags {
  /// Names of options, the setting's own first; what it takes; what it means.
  private static final String[][] SETTINGS = {
    {"--worker-cpus", "--cpus", "N", "Processors that a worker offers to tasks."},
    {"--worker-memory", "--memory", "BYTES", "Memory that a worker offers to tasks."},
    {"--store-bytes", "", "BYTES", "Most bytes of stored values in a worker."},
    {"--inline-limit-bytes", "", "BYTES", "Largest value that travels in messages."},
    {"--lineage-budget-bytes", "", "BYTES", "Most bytes kept to re-create values."},
    {"--lease-length", "", "TIME", "Longest silence of a member, such as 5s."},
    {"--heirs", "", "N", "Members that keep a copy of a worker's records."},
    {"--durability", "", "MODE", "What survives the death of an owner: none, async or sync."},
    {"--secret-file", "", "FILE", "File with the cluster's secret (default: ~/.deed/secret)."},
    {"--tls", "", "BOOLEAN", "Whether links are encrypted (not yet: true is refused)."},
    {"--bind", "", "HOST", "Address to listen on (default: loopback)."},
    {"--host-id", "", "NAME", "The machine that a worker plays (default: this one)."},
    {"--seed", "", "N", "Seed of the runtime's drawn choices."},
    {"--check-immutability", "", "BOOLEAN", "Whether values shared as immutable are checked."},
  };

  private final Map<String, String> flags = new LinkedHashMap<>();

  /// Adds the options to a command.
  void addTo(CommandSpec command) {
    ArgGroupSpec.Builder group =
        ArgGroupSpec.builder()
            .exclusive(false)
            .validate(false)
            .multiplicity("0..1")
            .order(100)
            .heading("Settings (bytes may end in k, m or g):%n");
    for (String[] setting : SETTINGS) {
      group.addArg(option(setting));
    }
    command.addArgGroup(group.build());
  }

  private OptionSpec option(String[] setting) {
    String name = setting[0].substring(2);
    OptionSpec.Builder option =
        setting[1].isEmpty()
            ? OptionSpec.builder(setting[0])
            : OptionSpec.builder(setting[0], setting[1]);
    ISetter put =
        new ISetter() {
          @Override
          public <T> T set(T value) {
            flags.put(name, value.toString());
            return value;
          }
        };
    return option
        .paramLabel(setting[2])
        .description(setting[3])
        .type(String.class)
        .setter(put)
        .build();
  }

  /// What was given, by the names of the settings.
  Map<String, String> given() {
    return Map.copyOf(flags);
  }

  /// The settings of this process with these options over all else. Throws a
  /// [CommandException#userError] for one that makes no sense.
  DeedConfig config() {
    try {
      return DeedConfig.load(flags);
    } catch (IllegalArgumentException e) {
      throw CommandException.userError(e.getMessage() + ": change that setting.", e);
    }
  }
}
