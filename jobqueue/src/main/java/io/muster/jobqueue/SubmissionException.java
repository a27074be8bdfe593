package io.muster.jobqueue;

import io.muster.MusterException;
import io.muster.jobqueue.command.CommandException;

/** A batch system did not take a job. The message has its own words. */
public final class SubmissionException extends MusterException {
    private static final long serialVersionUID = 1L;

    /** What can be done about it. */
    public enum Kind {
        /** The request will never be taken as it is: an unknown account, too much memory, a wrong option. */
        FIX_REQUEST("fix your request"),
        /** A limit of user, account or queue is reached; later it will be taken. */
        LIMIT_REACHED("limit reached, will retry"),
        /** The batch system does not answer, or is not able to take jobs now. Whether it has taken this one is not known. */
        SYSTEM_DOWN("system down, will retry");

        private final String text;

        Kind(final String text) {
            this.text = text;
        }

        /**
         * Why a command that submits gave no result.
         *
         * @param e what came instead
         * @return a fault of the request if there is no such command; else the system is down, and what it took is not known
         */
        public static Kind of(final CommandException e) {
            return e.why() == CommandException.Cause.NOT_FOUND ? FIX_REQUEST : SYSTEM_DOWN;
        }

        /**
         * A clause for people.
         *
         * @return such as {@code fix your request}
         */
        public String text() {
            return text;
        }
    }

    private final Kind kind;

    /**
     * Makes one.
     *
     * @param kind what can be done about it
     * @param message what was asked, and the batch system's own words
     * @param cause what was thrown, or null
     */
    public SubmissionException(
            final Kind kind, final String message, final @org.jspecify.annotations.Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /**
     * What can be done about it.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }
}
