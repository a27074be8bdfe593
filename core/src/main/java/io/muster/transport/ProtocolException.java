package io.muster.transport;

import io.muster.MusterException;

/** A peer sent bytes that are not a message of this protocol. Its session ends with this text. */
public final class ProtocolException extends MusterException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what is wrong.
     *
     * @param message the relation violated, as name=value pairs
     */
    public ProtocolException(final String message) {
        super(message);
    }
}
