package dev.deed.faultinjection.explorer;

import dev.deed.ownership.Entry;

/// Something that happens at one worker. What it leads to depends on nothing but that worker's own
/// state.
sealed interface LocalEvent {

  /// A message is taken from a link.
  record Deliver(Letter letter) implements LocalEvent {}

  /// A message of a record log is taken.
  record Replicate(HeirLetter letter) implements LocalEvent {}

  /// The next entry of the membership log is followed.
  ///
  /// @param number names the entry
  record Follow(int number, Entry entry) implements LocalEvent {}

  /// A program goes on to its next step.
  record Act(String program) implements LocalEvent {}

  /// The code of a program that was cancelled ends.
  record Stop(String program) implements LocalEvent {}

  /// A handle that no program uses any more is gone.
  record Collect(String handle) implements LocalEvent {}

  /// What is due already is done.
  record Tick() implements LocalEvent {}

  /// Time passes until something is due, and that is done.
  record Wait() implements LocalEvent {}

  /// The bytes that a fetch wants have left a holder.
  record Leave(long fetch) implements LocalEvent {}

  /// A fetch ends.
  record Fetched(long fetch, boolean ok) implements LocalEvent {}
}
