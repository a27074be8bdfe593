package io.muster.data;

import io.muster.serialize.ValueBytes;
import org.jspecify.annotations.Nullable;

/** The results that a worker holds, by task. Safe for use by several threads. */
public interface ResultStore {
    /** What {@link #get} returns for a task without a result here. */
    Object ABSENT = new Object();

    /**
     * The value held for a task; one that is on disk is read back, which takes its time.
     *
     * @param task the task
     * @return the value, which may be null, or {@link #ABSENT}
     */
    @Nullable
    Object get(long task);

    /**
     * Whether {@link #get} would have to read from disk.
     *
     * @param task the task
     * @return true if the value is held, but not in memory
     */
    default boolean isOnDisk(final long task) {
        return false;
    }

    /**
     * The bytes of a value that is on disk, so that it need not be made an object again to be sent.
     *
     * @param task the task
     * @return its bytes, to be closed; null if it is not on disk, or can't be read: then {@link #get} tells
     */
    default @Nullable ValueBytes open(final long task) {
        return null;
    }

    /**
     * Keeps a value that came from outside (scattered, or fetched), and reports it to the scheduler.
     *
     * @param task the task
     * @param value the value
     */
    void keep(long task, @Nullable Object value);
}
