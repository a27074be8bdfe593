package io.muster.data;

import org.jspecify.annotations.Nullable;

/** The results that a worker holds, by task. Safe for use by several threads. */
public interface ResultStore {
    /** What {@link #get} returns for a task without a result here. */
    Object ABSENT = new Object();

    /**
     * The value held for a task.
     *
     * @param task the task
     * @return the value, which may be null, or {@link #ABSENT}
     */
    @Nullable
    Object get(long task);

    /**
     * Keeps a value that came from outside (scattered, or fetched), and reports it to the scheduler.
     *
     * @param task the task
     * @param value the value
     */
    void keep(long task, @Nullable Object value);
}
