package io.muster;

import org.jspecify.annotations.Nullable;

/** The unchecked root of all exceptions that Muster throws itself. */
public class MusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception with a message.
     *
     * @param message what was violated, what is required and what to do
     */
    public MusterException(@Nullable String message) {
        super(message);
    }

    /**
     * Creates an exception with a message and its cause.
     *
     * @param message what was violated, what is required and what to do
     * @param cause what led to it
     */
    public MusterException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
