package io.muster.scheduler;

import io.muster.worker.RunList;
import java.util.Arrays;
import org.agrona.collections.LongArrayList;

/** Which runs a worker said it has, of those that it has had for longest; and which it should have, and does not. */
final class KnownRuns {
    /*
     * A run that was assigned before the last heartbeat but one, and that neither the last nor this one names, was lost on the way, or its
     * end was: all that the worker had said of it before its heartbeat was taken in before that. One heartbeat alone proves nothing, as a
     * thread of the worker may be about to report the end.
     */
    static final int UNKNOWN = -1;

    private static final long[] NONE = {};
    private static final byte[] NO_STATES = {};

    private long[] runs = NONE;
    private byte[] states = NO_STATES;
    private long total;
    private long lastRun;
    private long lastRunBefore;
    private long[] absent = NONE;
    private long[] lost = NONE;
    private boolean isTold;

    /**
     * A worker tells.
     *
     * @param list its runs
     * @param given the id of the run assigned last to any worker
     */
    void told(final TaskTable tasks, final WorkerState worker, final RunList list, final long given) {
        runs = list.runs();
        states = list.states();
        total = list.total();
        isTold = true;
        final LongArrayList missed = new LongArrayList();
        final LongArrayList missedTwice = new LongArrayList();
        int slot = worker.runs.first();
        for (int i = 0; i < RunList.MAX_TOLD && slot != TaskTable.NONE; i++) {
            final long run = tasks.runId[slot];
            if (run > lastRunBefore || isBeyond(run)) {
                break;
            }
            if (state(run) == UNKNOWN) {
                missed.addLong(run);
                if (Arrays.binarySearch(absent, run) >= 0) {
                    missedTwice.addLong(run);
                }
            }
            slot = tasks.nextInList[slot];
        }
        absent = missed.toLongArray();
        lost = missedTwice.toLongArray();
        lastRunBefore = lastRun;
        lastRun = given;
    }

    /** Whether it ever told. */
    boolean isTold() {
        return isTold;
    }

    /** How many runs it has. */
    long total() {
        return total;
    }

    /** How many of those it named run. */
    int running() {
        int running = 0;
        for (final byte state : states) {
            running += state == RunList.RUNNING ? 1 : 0;
        }
        return running;
    }

    /** How far a run is, or {@link #UNKNOWN}. */
    int state(final long run) {
        final int at = Arrays.binarySearch(runs, run);
        return at < 0 ? UNKNOWN : states[at];
    }

    /** Whether a run is known to be lost. */
    boolean isLost(final long run) {
        return Arrays.binarySearch(lost, run) >= 0;
    }

    /** How many are. */
    int lost() {
        return lost.length;
    }

    private boolean isBeyond(final long run) {
        return total > runs.length && (runs.length == 0 || run > runs[runs.length - 1]);
    }
}
