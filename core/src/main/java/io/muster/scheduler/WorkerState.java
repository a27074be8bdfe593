package io.muster.scheduler;

import org.agrona.collections.Long2LongHashMap;

/** A worker's session in the scheduler: what it can do, what it has to do, and the tasks that wait for it in particular. */
final class WorkerState {
    /** How much expected work is handed to a thread ahead of time, so that it finds the next task without asking. */
    private static final long AHEAD_US = 2_000;

    private static final int MAX_AHEAD_PER_THREAD = 1024;

    final int number;
    final String name;
    final String host;
    final int threads;
    final long memoryLimitBytes;
    final boolean hasNanny;
    final Object peer;

    /** Tasks that should run here and find no room yet. */
    final ReadyQueue queue = new ReadyQueue();

    /** What was running when the worker died, task by run, until its nanny says which runs had started. */
    final Long2LongHashMap lostRuns = new Long2LongHashMap(Long.MIN_VALUE);

    /** What is assigned, in that order. */
    final SlotList runs = new SlotList();

    int assigned;

    /** How many tasks are in {@link #queue}; it may have stale entries beside them. */
    int queued;

    /** Expected work, of what is assigned and what is queued. */
    long occupancyUs;

    /** Expected work of what is queued. */
    long queuedUs;

    long storedBytes;
    long leaseEndsNs;
    boolean draining;
    boolean gone;
    private final int minimumAssigned;

    /**
     * Makes a worker without tasks.
     *
     * @param number never used again
     * @param name unique among the living
     * @param host where it runs
     * @param threads how many tasks it runs at once
     * @param memoryLimitBytes what it may use
     * @param hasNanny whether a nanny will report how it died
     * @param peer what effects for this worker are addressed to; the core only passes it on
     */
    WorkerState(
            final int number,
            final String name,
            final String host,
            final int threads,
            final long memoryLimitBytes,
            final boolean hasNanny,
            final Object peer) {
        this.number = number;
        this.name = name;
        this.host = host;
        this.threads = threads;
        this.memoryLimitBytes = memoryLimitBytes;
        this.hasNanny = hasNanny;
        this.peer = peer;
        this.minimumAssigned = threads + (threads + 9) / 10;
    }

    boolean isIdle() {
        return !gone && !draining && assigned < threads;
    }

    /** As dask's saturation of 1.1, and beyond it while what is assigned takes next to no time. */
    boolean hasRoom() {
        return !gone
                && !draining
                && (assigned < minimumAssigned
                        || assignedUs() < AHEAD_US * threads && assigned < MAX_AHEAD_PER_THREAD * threads);
    }

    /** Expected work of what is assigned. */
    long assignedUs() {
        return occupancyUs - queuedUs;
    }

    boolean answersTo(final String nameOrHost) {
        return name.equals(nameOrHost) || host.equals(nameOrHost);
    }
}
