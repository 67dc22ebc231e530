package dev.deed.futures.cli;

/// Where a worker listens: `host:port`, with an IPv6 host in brackets.
///
/// @param host name or number
/// @param port 1 to 65535
public record Address(String host, int port) {

  /// Throws [IllegalArgumentException] for what can't be an address.
  public Address {
    if (host.isBlank() || host.chars().anyMatch(Character::isWhitespace)) {
      throw new IllegalArgumentException("the host is missing");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("the port must be 1 to 65535");
    }
  }

  /// Reads `host:port`; throws a [CommandException#userError] for anything else.
  public static Address parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || colon == text.length() - 1) {
      throw wrong(text, "it has no host or no port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw wrong(text, "an IPv6 host stands in brackets");
    }
    try {
      return new Address(host, Integer.parseInt(text, colon + 1, text.length(), 10));
    } catch (IllegalArgumentException e) {
      throw wrong(text, "the port must be 1 to 65535");
    }
  }

  private static CommandException wrong(String text, String why) {
    return CommandException.userError(
        "'" + text + "' is no address (" + why + "): give host:port, such as 127.0.0.1:7800.");
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
