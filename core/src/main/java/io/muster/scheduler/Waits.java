package io.muster.scheduler;

import java.util.Arrays;
import org.agrona.collections.Int2IntHashMap;

/** How long a task waits for a thread of a worker, by what its runs have yet to do: known of long ones. */
final class Waits {
    /** From how long on a task is worth being watched. */
    static final int LONG_US = 10_000;

    /** How many runs of a worker are looked at. */
    private static final int MAX_RUNS = 64;

    private static final int UNKNOWN = Integer.MIN_VALUE;

    private final CoreState state;
    private final TaskTable tasks;

    /** When long runs begin or began, in ms; that wraps around. */
    private final Int2IntHashMap beginsMs = new Int2IntHashMap(UNKNOWN);

    private final long[] leftUs = new long[MAX_RUNS];

    Waits(final CoreState state) {
        this.state = state;
        this.tasks = state.tasks;
    }

    /** A run is assigned that begins in so long, if a thread is free then. */
    void assigned(final int slot, final long inUs) {
        if (tasks.estimateUs[slot] >= LONG_US) {
            beginsMs.put(slot, nowMs() + (int) (inUs / 1_000));
        }
    }

    /** A run is assigned no more. */
    void ended(final int slot) {
        if (!beginsMs.isEmpty()) {
            beginsMs.remove(slot);
        }
    }

    /** How long something waits at a worker behind all that is assigned. */
    long untilFreeUs(final WorkerState worker) {
        if (worker.assigned == 0
                || worker.threads > MAX_RUNS
                || worker.assignedUs() < (long) LONG_US * worker.assigned) {
            return worker.waitUs(worker.assignedUs(), state.nowNs);
        }
        long moreUs = 0;
        int running = 0;
        Arrays.fill(leftUs, 0, worker.threads, 0);
        for (int slot = worker.runs.first(); slot != TaskTable.NONE; slot = tasks.nextInList[slot]) {
            if (tasks.has(slot, TaskTable.SECEDED)) {
                continue;
            }
            if (running < worker.threads) {
                leftUs[running++] = leftUs(slot);
            } else {
                moreUs += tasks.estimateUs[slot];
            }
        }
        return levelUs(worker.threads, moreUs);
    }

    private long leftUs(final int slot) {
        final int begins = beginsMs.get(slot);
        if (begins == UNKNOWN) {
            return tasks.estimateUs[slot];
        }
        return Math.abs(tasks.estimateUs[slot] - (nowMs() - begins) * 1_000L);
    }

    /** Up to when threads are busy that first do what they have left, and then share what there is more. */
    private long levelUs(final int threads, final long moreUs) {
        Arrays.sort(leftUs, 0, threads);
        long sumUs = moreUs;
        for (int i = 0; i < threads; i++) {
            sumUs += leftUs[i];
            if (i + 1 == threads || sumUs <= leftUs[i + 1] * (i + 1)) {
                return sumUs / (i + 1);
            }
        }
        return sumUs;
    }

    private int nowMs() {
        return (int) (state.nowNs / 1_000_000);
    }
}
