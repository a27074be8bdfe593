package io.muster;

import java.io.Serial;

/**
 * A task that runs once only ({@link TaskOptions#once}) had begun when its worker was lost, or could not be stopped: what it does may or
 * may not have happened. It is not run again by itself; {@link Client#retry} does, for those who have looked.
 */
public final class UnknownOutcomeException extends RemoteTaskException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param what what is known
     * @param key the task's key
     * @param worker the worker that ran it; empty if that is not known
     * @param attempt which attempt it was
     */
    public UnknownOutcomeException(final String what, final String key, final String worker, final int attempt) {
        super(what, key, worker, attempt, "", null);
    }
}
