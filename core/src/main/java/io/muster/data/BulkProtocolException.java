package io.muster.data;

import java.io.IOException;

/** The peer of a bulk connection does not keep to the protocol, or refused us. */
final class BulkProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    BulkProtocolException(final String message) {
        super(message);
    }
}
