package io.muster.scheduler;

import java.util.List;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/** Reads workers that come next, some at a time, so that they are in a cache when it is their turn; it changes nothing. */
final class ReadAhead {
    /*
     * With 100,000 workers none is in a cache when its turn comes: not when it is given a task, nor when that ends, nor when the result is
     * dropped. A processor that meets one such worker after the other waits for memory with each of its lines; it waits once for all
     * those that it has been asked for together. Whoever knows which workers are next asks for some of them here. With few workers, which
     * stay in the cache, that is not done.
     */

    /** How many are read at a time. */
    static final int COUNT = 8;

    private static final int MANY = 4_096;

    private final List<@Nullable WorkerState> workers;
    private final TaskTable tasks;

    /** What was read goes here, as otherwise it need not be read. */
    private long sum;

    ReadAhead(final List<@Nullable WorkerState> workers, final TaskTable tasks) {
        this.workers = workers;
        this.tasks = tasks;
    }

    /** Whether there are so many workers that it is worth while. */
    boolean isDue() {
        return workers.size() > MANY;
    }

    /** A worker that is next, or null. */
    void worker(final @Nullable WorkerState worker) {
        if (worker != null) {
            sum += worker.first() + worker.storedBytes + worker.actors + (worker.isListedCrowded ? 1 : 0);
        }
    }

    /** The workers that hold the last results of a list. */
    void holders(final IntArrayList slots) {
        for (int i = Math.max(0, slots.size() - COUNT); i < slots.size(); i++) {
            final int holder = tasks.holder[slots.getInt(i)];
            if (holder != TaskTable.NONE) {
                worker(workers.get(holder));
            }
        }
    }

    /** What was read. */
    long sum() {
        return sum;
    }
}
