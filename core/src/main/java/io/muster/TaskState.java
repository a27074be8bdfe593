package io.muster;

import java.util.Locale;

/** Where a {@link TaskFuture} stands; the names are those that dask gives its futures. */
public enum TaskState {
    /** Not computed yet. */
    PENDING,
    /** The result exists, here or on a worker. */
    FINISHED,
    /** The task failed for good. */
    ERROR,
    /** The task will not be computed: cancelled, released, or the client was closed. */
    CANCELLED,
    /** The result was scattered data whose last holder is gone, or the scheduler is gone. */
    LOST;

    /** The name in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
