package io.muster.transport.aeron;

import io.aeron.Subscription;
import io.muster.MusterException;
import java.security.SecureRandom;

/** The one UDP socket on which a scheduler receives from all its peers. */
final class SharedSocket {
    private static final int TAG = 1;
    private static final int OWN_STREAM = 1000;

    private final String endpoint;
    private int sessions;

    /** Opens the socket through a subscription that holds it and that nobody sends to. */
    SharedSocket(final AeronNode node, final String bindHost, final SecureRandom random) {
        final String channel = Channels.anyPort(bindHost, random.nextInt()) + "|tags=" + TAG;
        final Subscription holder = node.client().addSubscription(channel, OWN_STREAM);
        final String resolved = holder.resolvedEndpoint();
        if (resolved == null) {
            holder.close();
            throw new MusterException("bindHost=" + bindHost + " could not be bound; use an address of this host");
        }
        this.endpoint = resolved;
    }

    String endpoint() {
        return endpoint;
    }

    String channel(final int sessionId) {
        return "aeron:udp?tags=" + TAG + "|session-id=" + sessionId;
    }

    int sessions() {
        return sessions;
    }

    void join() {
        sessions++;
    }

    void leave() {
        sessions--;
    }
}
