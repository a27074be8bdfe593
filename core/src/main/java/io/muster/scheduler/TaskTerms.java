package io.muster.scheduler;

import java.util.List;
import java.util.Map;

/**
 * What most tasks have nothing of, and what is alike for many that come one after the other: so it crosses to the scheduler only when it
 * changes.
 *
 * @param priority higher runs earlier; 0 is usual
 * @param retries how often a failed run is repeated
 * @param workers names or hosts of the workers that may compute the task; empty: any
 * @param resources how much of what it needs while it runs, besides a thread; empty: nothing
 * @param parent the identity of the task that submits it, before whose like it runs, or {@link #NO_PARENT}
 * @param expectedUs how long it is expected to run, in microseconds; 0: unknown
 */
public record TaskTerms(
        int priority, int retries, List<String> workers, Map<String, Double> resources, long parent, long expectedUs) {
    /** The parent of what no task submits. */
    public static final long NO_PARENT = -1;

    /** Of a task of which nothing is said. */
    public static final TaskTerms NONE = new TaskTerms(0, 0, List.of(), Map.of(), NO_PARENT, 0);

    /**
     * The same for a task that another one submits.
     *
     * @param submitter the identity of that task
     * @return the changed terms
     */
    public TaskTerms by(final long submitter) {
        return new TaskTerms(priority, retries, workers, resources, submitter, expectedUs);
    }
}
