package io.muster.scheduler;

import org.agrona.collections.Long2LongHashMap;

/** Between which times, by the scheduler's clock, a task's runs were at workers: what is known for sure, as their clocks are not. */
final class RunBounds {
    /*
     * The offset of a worker's clock is measured by messages, so it is too large by as long as the quickest of them took: milliseconds where
     * processors are busy. Then a run would seem to end after the scheduler heard of it.
     */
    private static final long UNKNOWN = Long.MIN_VALUE;

    private static final long NO_RUN = 0;

    private final Long2LongHashMap givenNs = new Long2LongHashMap(UNKNOWN);
    private final Long2LongHashMap overNs = new Long2LongHashMap(UNKNOWN);

    /** What the scheduler remembers of a task, oldest first. */
    void add(final long timeNs, final TaskPhase from, final TaskPhase to, final long run) {
        if (run == NO_RUN) {
            return;
        }
        if (!givenNs.containsKey(run)) {
            givenNs.put(run, timeNs);
        }
        if (from == TaskPhase.PROCESSING && to != from) {
            overNs.put(run, timeNs);
        }
    }

    /** An offset that is small enough for what a run did at a time by the worker's clock to be before the scheduler heard of its end. */
    long offsetNs(final long offsetNs, final long run, final long atNs) {
        final long over = overNs.get(run);
        return over == UNKNOWN ? offsetNs : Math.min(offsetNs, over - 1 - atNs);
    }

    /** When a run did something by the scheduler's clock: after it was given to the worker. */
    long whenNs(final long run, final long atNs, final long offsetNs) {
        final long given = givenNs.get(run);
        return given == UNKNOWN ? atNs + offsetNs : Math.max(atNs + offsetNs, given + 1);
    }
}
