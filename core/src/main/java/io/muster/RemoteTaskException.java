package io.muster;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A task failed on a worker. The cause is the exception that the task threw, or a stand-in for one whose class is not
 * here; the stack trace of the worker is in it and in {@link #remoteStack()}.
 */
public class RemoteTaskException extends MusterException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String key;
    private final String worker;
    private final int attempt;
    private final String remoteStack;

    /**
     * Makes one.
     *
     * @param what what went wrong, in a few words
     * @param key the task's key
     * @param worker the name of the worker of the last attempt
     * @param attempt how many times the task was tried
     * @param remoteStack the stack trace on the worker, as text
     * @param cause the original exception, a stand-in, or null
     */
    public RemoteTaskException(
            final String what,
            final String key,
            final String worker,
            final int attempt,
            final String remoteStack,
            final @Nullable Throwable cause) {
        super("task failed: key=" + key + " worker=" + worker + " attempt=" + attempt + ": " + what, cause);
        this.key = key;
        this.worker = worker;
        this.attempt = attempt;
        this.remoteStack = remoteStack;
    }

    /**
     * The task's key.
     *
     * @return the key
     */
    public String key() {
        return key;
    }

    /**
     * The worker of the last attempt.
     *
     * @return its name; empty when it never reached one
     */
    public String worker() {
        return worker;
    }

    /**
     * How many times the task was tried.
     *
     * @return 1 for a task that was not repeated
     */
    public int attempt() {
        return attempt;
    }

    /**
     * The stack trace on the worker.
     *
     * @return text as of {@link Throwable#printStackTrace()}; empty when there is none
     */
    public String remoteStack() {
        return remoteStack;
    }
}
