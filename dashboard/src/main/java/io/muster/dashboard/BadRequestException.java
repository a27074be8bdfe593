package io.muster.dashboard;

import io.muster.MusterException;

/** A request that makes no sense; the message goes to who sent it. */
final class BadRequestException extends MusterException {
    private static final long serialVersionUID = 1L;

    BadRequestException(final String message) {
        super(message);
    }

    BadRequestException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
