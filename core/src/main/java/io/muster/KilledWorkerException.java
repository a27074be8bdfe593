package io.muster;

import java.io.Serial;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A task was running on workers that died, more often than is allowed; it is not tried again. */
public final class KilledWorkerException extends RemoteTaskException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ArrayList<String> deaths;

    /**
     * Makes one.
     *
     * @param what how the workers died
     * @param key the task's key
     * @param worker the last worker that died
     * @param attempt how many times the task was tried
     * @param deaths one line for each worker: its name, and how it died
     */
    public KilledWorkerException(
            final String what, final String key, final String worker, final int attempt, final List<String> deaths) {
        super(what, key, worker, attempt, "", null);
        this.deaths = new ArrayList<>(deaths);
    }

    /**
     * The workers that died under the task, in that order.
     *
     * @return one line for each: {@code name: how it died}
     */
    public List<String> deaths() {
        return Collections.unmodifiableList(deaths);
    }
}
