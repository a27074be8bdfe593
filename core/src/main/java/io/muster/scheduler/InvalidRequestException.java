package io.muster.scheduler;

import io.muster.MusterException;

/** A peer asked for what the protocol does not allow. Nothing has changed; its session ends with this text. */
final class InvalidRequestException extends MusterException {
    private static final long serialVersionUID = 1L;

    InvalidRequestException(final String message) {
        super(message);
    }
}
