package io.muster.jobqueue.command;

import io.muster.MusterException;

/** A command that could not be run, or that did not end in time: what it was to do may or may not have happened. */
public final class CommandException extends MusterException {
    private static final long serialVersionUID = 1L;

    /** Why there is no result. */
    public enum Cause {
        /** There is no such program. */
        NOT_FOUND,
        /** It was killed because it took too long. */
        TIMED_OUT,
        /** The connection to the login node was lost, or could not be made; later it may. */
        UNREACHABLE,
        /** Something else, as the message says, such as a login that was refused; trying again does not help. */
        FAILED
    }

    private final Cause why;

    /**
     * Makes one.
     *
     * @param why the kind
     * @param message names the command, what happened, and what to do
     * @param cause what was thrown, or null
     */
    public CommandException(
            final Cause why, final String message, final @org.jspecify.annotations.Nullable Throwable cause) {
        super(message, cause);
        this.why = why;
    }

    /**
     * Why there is no result.
     *
     * @return the kind
     */
    public Cause why() {
        return why;
    }
}
