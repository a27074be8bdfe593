package io.muster;

import java.io.Serial;

/** Something did not come about in the time that the caller allowed. */
public final class WaitTimeoutException extends MusterException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what was waited for, how far it got, and how long
     */
    public WaitTimeoutException(final String message) {
        super(message);
    }
}
