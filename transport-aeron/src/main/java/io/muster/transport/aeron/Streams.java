package io.muster.transport.aeron;

import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.muster.transport.Link;

/** The two connected streams under a link: one to send on, one to receive from. */
final class Streams {
    private static final int FRAGMENT_LIMIT = 64;

    private final ExclusivePublication publication;
    private final Image image;
    private final BufferClaim claim = new BufferClaim();
    private final Runnable onClose;
    private boolean closed;

    Streams(final ExclusivePublication publication, final Image image, final Runnable onClose) {
        this.publication = publication;
        this.image = image;
        this.onClose = onClose;
    }

    /** How many bytes fit one fragment that is sent. */
    int maxSent() {
        return publication.maxPayloadLength();
    }

    /** How many bytes fit one fragment that is received. */
    int maxReceived() {
        return image.mtuLength();
    }

    int streamReceived() {
        return image.subscription().streamId();
    }

    /**
     * Reserves room for one fragment, to be filled and committed through {@link #claim()}.
     *
     * @return the length, 0 when back-pressured, or {@link Link#CLOSED}
     */
    int claim(final int length) {
        if (closed) {
            return Link.CLOSED;
        }
        long position = publication.tryClaim(length, claim);
        if (position == Publication.ADMIN_ACTION) {
            position = publication.tryClaim(length, claim);
        }
        if (position > 0) {
            return length;
        }
        return position == Publication.BACK_PRESSURED || position == Publication.ADMIN_ACTION ? 0 : Link.CLOSED;
    }

    BufferClaim claim() {
        return claim;
    }

    /**
     * Hands over fragments.
     *
     * @return how many, or {@link Link#CLOSED} once the sender has ended and everything of it was handed over
     */
    int poll(final ControlledFragmentHandler handler) {
        if (closed) {
            return Link.CLOSED;
        }
        final int fragments = image.controlledPoll(handler, FRAGMENT_LIMIT);
        return fragments == 0 && (image.isClosed() || image.isEndOfStream()) ? Link.CLOSED : fragments;
    }

    void close() {
        if (!closed) {
            closed = true;
            onClose.run();
        }
    }
}
