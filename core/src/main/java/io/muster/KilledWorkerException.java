package io.muster;

import java.io.Serial;

/** A task was running on workers that died, more often than is allowed; it is not tried again. */
public final class KilledWorkerException extends RemoteTaskException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param what how the workers died
     * @param key the task's key
     * @param worker the last worker that died
     * @param attempt how many times the task was tried
     */
    public KilledWorkerException(final String what, final String key, final String worker, final int attempt) {
        super(what, key, worker, attempt, "", null);
    }
}
