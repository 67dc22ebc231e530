/// Links between workers: authenticated TCP connections, and reliable first-in first-out messages
/// of opaque bytes over them.
///
/// [Endpoint] is a worker's one listening port; [Handshake] proves both ends of a connection to
/// each other and gives it a [ConnectionKind]; [Links] sends messages over connections of the kind
/// `LINK` and survives their loss.
///
/// *TLS.* A connection is authenticated when it opens; its later bytes are neither encrypted nor
/// signed, which is for loopback and networks that are trusted. TLS belongs between
/// [Dialer]/[Endpoint] and [Handshake], which see a connection only as bytes with a deadline:
/// whoever adds it wraps the channel there and binds the handshake's proof to the TLS session.
@NullMarked
package dev.deed.transport.link;

import org.jspecify.annotations.NullMarked;
