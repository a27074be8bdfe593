package io.muster.data;

import org.jspecify.annotations.Nullable;

/**
 * How results move between workers, and between workers and clients: never through the scheduler, never on a control stream.
 *
 * <p>A result is named by its task's identity ({@code clientNumber << 32 | taskId}). Callbacks come from transfer threads, or from
 * the caller's thread where nothing has to move; they must not block for long.
 */
public interface DataPlane extends AutoCloseable {
    /**
     * Makes a worker's address known.
     *
     * @param worker the worker
     */
    void workerUp(WorkerAddress worker);

    /**
     * Forgets a worker; transfers from it end as missing.
     *
     * @param worker its number
     */
    void workerDown(int worker);

    /**
     * Gets results; each ends in exactly one call of the listener. Where several holders are known, the next one goes on where one
     * that died stopped.
     *
     * @param tasks the results wanted
     * @param holders for each the workers that hold it, best first
     * @param listener told of each
     */
    void fetch(long[] tasks, int[][] holders, FetchListener listener);

    /**
     * Puts a value on a worker.
     *
     * @param worker the worker
     * @param task the name under which it keeps the value
     * @param value the value
     * @param listener told of the end
     */
    void store(int worker, long task, @Nullable Object value, StoreListener listener);

    @Override
    void close();

    /** Told of each result of a fetch. */
    interface FetchListener {
        /**
         * A result is here.
         *
         * @param task the task
         * @param value its value
         */
        void value(long task, @Nullable Object value);

        /**
         * A result could not be had from any holder.
         *
         * @param task the task
         * @param holders the workers that were asked
         * @param gone for each whether it said that it has no such result (else it did not answer)
         */
        void missing(long task, int[] holders, boolean[] gone);

        /**
         * A result is there but can't be brought over: it can't be serialized, or not be deserialized here.
         *
         * @param task the task
         * @param reason what went wrong
         */
        void failed(long task, Throwable reason);
    }

    /** Told of the end of a store. */
    interface StoreListener {
        /**
         * The worker has the value.
         *
         * @param task the task
         */
        void stored(long task);

        /**
         * The worker has not got the value.
         *
         * @param task the task
         * @param reason what went wrong
         */
        void failed(long task, Throwable reason);
    }
}
