package io.muster.jobqueue.command;

import org.jspecify.annotations.Nullable;

/** A command that certainly did not start, so that it may be tried again. */
final class NotStartedException extends Exception {
    private static final long serialVersionUID = 1L;

    NotStartedException(final String message, final @Nullable Throwable cause) {
        super(message, cause);
    }
}
