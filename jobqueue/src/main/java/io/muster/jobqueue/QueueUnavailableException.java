package io.muster.jobqueue;

import io.muster.MusterException;

/** A batch system did not answer a question, or not so that it makes sense: nothing is known of any job. */
public final class QueueUnavailableException extends MusterException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what was asked, and what came
     * @param cause what was thrown, or null
     */
    public QueueUnavailableException(final String message, final @org.jspecify.annotations.Nullable Throwable cause) {
        super(message, cause);
    }
}
