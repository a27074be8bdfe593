package io.muster.transport;

import io.muster.protocol.Role;

/**
 * What a peer said of itself when it proved that it knows the secret.
 *
 * @param role what it wants to be
 * @param javaLevel the Java feature release of its classes
 * @param linkKinds bit set of the {@link io.muster.protocol.LinkKind}s it can use
 * @param hostId equal for processes that share a kernel and a user
 * @param userName who runs it, for people
 */
public record PeerHello(Role role, int javaLevel, int linkKinds, String hostId, String userName) {}
