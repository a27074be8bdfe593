package io.muster.scheduler;

import java.util.Set;
import org.agrona.collections.Long2LongHashMap;
import org.jspecify.annotations.Nullable;

/** Tasks, by their identities, of runs: empty with nearly every worker, and then takes no memory. */
final class RunMap {
    /** The task of a run that is not in it. */
    static final long NONE = Long.MIN_VALUE;

    private @Nullable Long2LongHashMap tasks;

    boolean isEmpty() {
        return tasks == null;
    }

    boolean containsKey(final long run) {
        return tasks != null && tasks.containsKey(run);
    }

    /** The task of a run, or {@link #NONE}. */
    long get(final long run) {
        return tasks == null ? NONE : tasks.get(run);
    }

    void put(final long run, final long task) {
        if (tasks == null) {
            tasks = new Long2LongHashMap(NONE);
        }
        tasks.put(run, task);
    }

    /** Takes a run out; returns its task, or {@link #NONE} if it was not in it. */
    long remove(final long run) {
        if (tasks == null) {
            return NONE;
        }
        final long task = tasks.remove(run);
        if (tasks.isEmpty()) {
            tasks = null;
        }
        return task;
    }

    /** The runs, not to be changed. */
    Set<Long> keySet() {
        return tasks == null ? Set.of() : tasks.keySet();
    }
}
