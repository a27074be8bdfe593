package io.muster.jobqueue.command;

import org.jspecify.annotations.Nullable;

/** A command that certainly did not start, so that it may be tried again. */
final class NotStartedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean busy;

    NotStartedException(final String message, final @Nullable Throwable cause) {
        this(message, false, cause);
    }

    /**
     * Makes one.
     *
     * @param busy whether the login node can be reached but takes no more commands at once
     */
    NotStartedException(final String message, final boolean busy, final @Nullable Throwable cause) {
        super(message, cause);
        this.busy = busy;
    }

    boolean isBusy() {
        return busy;
    }
}
