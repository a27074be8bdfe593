package io.muster;

import java.io.Serial;

/** The inputs of a task are together larger than the memory of any worker, so that it was not started. */
public final class InsufficientMemoryException extends MusterException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message how large the inputs are, what there is, and what to do
     */
    public InsufficientMemoryException(final String message) {
        super(message);
    }
}
