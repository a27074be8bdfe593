package io.muster.transport.aeron;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.Subscription;
import io.muster.protocol.LinkKind;
import io.muster.security.RecordSeal;
import io.muster.transport.Link;
import io.muster.transport.PendingLink;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One end's publication and subscription, asked of the driver and looked after until both are connected. */
final class AeronPendingLink implements PendingLink {
    private static final Logger LOG = LoggerFactory.getLogger(AeronPendingLink.class);
    private static final Runnable NOTHING = () -> {};

    private final AeronNode node;
    private final LinkTerms terms;
    private final RecordSeal.Direction sends;
    private final @Nullable String fixedAddress;
    private final long subscriptionId;
    private long publicationId = Aeron.NULL_VALUE;
    private @Nullable Subscription subscription;
    private @Nullable ExclusivePublication publication;
    private @Nullable Image image;
    private @Nullable Link link;
    private Runnable onClose = NOTHING;
    private boolean failed;
    private boolean closed;

    /**
     * Asks for the subscription.
     *
     * @param node that drives this end
     * @param terms what both ends know
     * @param sends the way that this end sends
     * @param channel to receive from
     * @param fixedAddress this end's address, or null when it is where the subscription's socket will be bound
     */
    AeronPendingLink(
            final AeronNode node,
            final LinkTerms terms,
            final RecordSeal.Direction sends,
            final String channel,
            final @Nullable String fixedAddress) {
        this.node = node;
        this.terms = terms;
        this.sends = sends;
        this.fixedAddress = fixedAddress;
        final int stream = isScheduler() ? terms.streamToScheduler() : terms.streamFromScheduler();
        this.subscriptionId = node.client().asyncAddSubscription(channel, stream);
    }

    private boolean isScheduler() {
        return sends == RecordSeal.Direction.FROM_SCHEDULER;
    }

    /** Asks for the publication. */
    AeronPendingLink publish(final String channel) {
        final int stream = isScheduler() ? terms.streamFromScheduler() : terms.streamToScheduler();
        publicationId = node.client().asyncAddExclusivePublication(channel, stream);
        return this;
    }

    AeronPendingLink onClose(final Runnable action) {
        onClose = action;
        return this;
    }

    @Override
    public LinkKind kind() {
        return terms.kind();
    }

    @Override
    public @Nullable String localAddress() {
        if (fixedAddress != null) {
            return fixedAddress;
        }
        progress();
        return subscription == null || failed ? null : subscription.resolvedEndpoint();
    }

    @Override
    public int streamToScheduler() {
        return terms.streamToScheduler();
    }

    @Override
    public int streamFromScheduler() {
        return terms.streamFromScheduler();
    }

    @Override
    public byte[] key() {
        return terms.key();
    }

    /**
     * {@inheritDoc}
     *
     * @throws io.muster.MusterException if the address is not of this link's kind
     */
    @Override
    public void peerAddress(final String address) {
        if (isScheduler() && kind() == LinkKind.AERON_UDP && publicationId == Aeron.NULL_VALUE && !closed) {
            publish(Channels.towards(address, Channels.sessionFromScheduler(terms.key())));
        }
    }

    @Override
    public boolean isConnected() {
        progress();
        return !closed
                && !failed
                && publication != null
                && publication.isConnected()
                && image != null
                && !image.isClosed();
    }

    private void progress() {
        if (failed || closed || image != null && publication != null) {
            return;
        }
        try {
            if (subscription == null) {
                subscription = node.client().getSubscription(subscriptionId);
            }
            if (publication == null && publicationId != Aeron.NULL_VALUE) {
                publication = node.client().getExclusivePublication(publicationId);
            }
            if (image == null && subscription != null && subscription.imageCount() > 0) {
                image = subscription.imageAtIndex(0);
            }
        } catch (final RuntimeException e) {
            failed = true;
            LOG.warn("link={} stream={} cannot be set up: {}", kind(), streamToScheduler(), e.getMessage(), e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if it is not connected yet
     */
    @Override
    public Link link() {
        if (link == null) {
            if (!isConnected() || publication == null || image == null) {
                throw new IllegalStateException(
                        "link=" + kind() + " stream=" + streamToScheduler() + " must be connected first");
            }
            final Streams streams = new Streams(publication, image, this::close);
            link = kind() == LinkKind.AERON_IPC
                    ? new IpcLink(streams)
                    : new UdpLink(streams, new RecordSeal(terms.key(), sends));
        }
        return link;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (link != null) {
            link.close();
        }
        onClose.run();
        if (node.isClosed()) {
            return;
        }
        try {
            release(node.client());
        } catch (final RuntimeException e) {
            LOG.debug("link={} stream={} was closed while its driver is gone", kind(), streamToScheduler(), e);
        }
    }

    private void release(final Aeron client) {
        if (publication != null) {
            publication.close();
        } else if (publicationId != Aeron.NULL_VALUE) {
            client.asyncRemovePublication(publicationId);
        }
        if (subscription != null) {
            subscription.close();
        } else {
            client.asyncRemoveSubscription(subscriptionId);
        }
    }
}
