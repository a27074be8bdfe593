package io.muster;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A task took longer than its {@link TaskOptions#timeout} and was interrupted; the cause is what it threw then, if it did. */
public final class TaskTimeoutException extends RemoteTaskException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param what the limit, and how the task ended
     * @param key the task's key
     * @param worker the worker that ran it
     * @param attempt which attempt it was
     * @param cause what the task threw when it was interrupted, or null
     */
    public TaskTimeoutException(
            final String what,
            final String key,
            final String worker,
            final int attempt,
            final @Nullable Throwable cause) {
        super(what, key, worker, attempt, "", cause);
    }
}
