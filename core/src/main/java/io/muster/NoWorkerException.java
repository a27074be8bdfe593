package io.muster;

import java.io.Serial;

/** A task waited for longer than {@code scheduler.no-workers-timeout} for a worker that could run it. */
public final class NoWorkerException extends RemoteTaskException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param what what the task asks for, and what there is
     * @param key the task's key
     * @param attempt how many times the task was tried
     */
    public NoWorkerException(final String what, final String key, final int attempt) {
        super(what, key, "", attempt, "", null);
    }
}
