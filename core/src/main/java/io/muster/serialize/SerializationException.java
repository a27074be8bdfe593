package io.muster.serialize;

import io.muster.MusterException;

/** Says that bytes could not be turned back into a value: damaged, cut short, refused, or of a class not here. */
public final class SerializationException extends MusterException {
    private static final long serialVersionUID = 1L;

    /**
     * A reading problem with its explanation.
     *
     * @param message what was violated, and what to do
     */
    public SerializationException(String message) {
        super(message);
    }

    /**
     * A reading problem with its explanation and its cause.
     *
     * @param message what was violated, and what to do
     * @param cause what led to it
     */
    public SerializationException(String message, Throwable cause) {
        super(message, cause);
    }
}
