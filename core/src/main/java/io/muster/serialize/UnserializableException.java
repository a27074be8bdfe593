package io.muster.serialize;

import io.muster.MusterException;

/** Says that a value can't be turned into bytes; its message gives the path from the value to the culprit. */
public final class UnserializableException extends MusterException {
    private static final long serialVersionUID = 1L;

    /**
     * A writing problem with its explanation.
     *
     * @param message the path to the culprit, and what to do
     */
    public UnserializableException(String message) {
        super(message);
    }

    /**
     * A writing problem with its explanation and its cause.
     *
     * @param message the path to the culprit, and what to do
     * @param cause what the JDK's stream or the user's class threw
     */
    public UnserializableException(String message, Throwable cause) {
        super(message, cause);
    }
}
