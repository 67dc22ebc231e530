package dev.deed.futures.runtime;

/// Whoever waits for the answer to requests.
interface Waiter {

  /// Takes an answer. Called by the thread that drains the ring: it must not block, publish an
  /// event, or run code of the program.
  ///
  /// @return false if the answer is not wanted any more, so that the request must be ended for it
  boolean answer(long request, Answer answer);
}
