package io.muster.worker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/** The last of what happened to a worker's runs, for people who want to know what happened. One thread at a time; its owner sees to that. */
final class RunHistory {
    static final int ROWS = 10_000;

    /** What a run that is not there is called. */
    static final long NO_RUN = 0;

    /** A time that is not known yet. */
    static final long NOW = 0;

    private static final int WIDTH = 5;

    private final LongSupplier clock;
    private final int length;
    private long[] rows = new long[0];
    private long lastNs;
    private int at;
    private boolean isFull;

    /**
     * Makes an empty one.
     *
     * @param rows how many it keeps
     * @param clock nanoseconds
     */
    RunHistory(final int rows, final LongSupplier clock) {
        this.clock = clock;
        this.length = rows * WIDTH;
    }

    /** What happens to runs and results. */
    enum Step {
        /** It came. */
        ASSIGNED("run %r assigned", ""),
        /** Inputs are brought. */
        FETCHING("run %r fetches inputs", "how many: %d"),
        /** The last input came. */
        READY("run %r is ready", "the last input came: %t"),
        /** User code begins. */
        STARTED("run %r started", ""),
        /** User code ended. */
        DONE("run %r ended with a result", ""),
        /** User code failed. */
        FAILED("run %r failed", ""),
        /** The scheduler wants no result. */
        ABANDONED("run %r abandoned", "the scheduler wants no result of it, or the session ended"),
        /** It is given back. */
        GIVEN_BACK("run %r given back unstarted", "the scheduler asked for it"),
        /** An input could not be had. */
        INPUT_MISSING("run %r is over", "an input could not be had: %t"),
        /** A copy came. */
        COPY_KEPT("a copy of the result is here", ""),
        /** A result goes. */
        FREED("the result was freed", "the scheduler said so");

        private static final Step[] ALL = values();

        private final String what;
        private final String cause;

        Step(final String what, final String cause) {
            this.what = what;
            this.cause = cause;
        }
    }

    void add(final Step step, final long task, final long runId, final long detail) {
        add(step, task, runId, detail, NOW);
    }

    /** Adds what follows at once from what was added last: asking for the time takes as long as all else. */
    void addAtOnce(final Step step, final long task, final long runId, final long detail) {
        add(step, task, runId, detail, lastNs);
    }

    /** Adds what happened at a time that is known, or {@link #NOW}. */
    void add(final Step step, final long task, final long runId, final long detail, final long knownNs) {
        if (length == 0) {
            return;
        }
        final long timeNs = knownNs == NOW ? clock.getAsLong() : knownNs;
        lastNs = timeNs;
        if (at == rows.length) {
            turn();
        }
        rows[at] = timeNs;
        rows[at + 1] = task;
        rows[at + 2] = runId;
        rows[at + 3] = step.ordinal();
        rows[at + 4] = detail;
        at += WIDTH;
    }

    /**
     * What happened to a task, oldest first.
     *
     * @param task the task
     * @return for JSON: lists of a time by the worker's clock, what happened, its cause, the task that was the cause, or -1, and the run, or
     *     {@link #NO_RUN}
     */
    List<Object> of(final long task) {
        final List<Object> lines = new ArrayList<>();
        final int used = isFull ? rows.length : at;
        for (int n = 0; n < used; n += WIDTH) {
            final int i = isFull ? (at + n) % rows.length : n;
            if (rows[i + 1] == task) {
                final Step step = Step.ALL[(int) rows[i + 3]];
                final boolean hasTask = step.cause.contains("%t");
                lines.add(List.of(
                        rows[i],
                        step.what.replace("%r", Long.toString(rows[i + 2])),
                        step.cause.replace("%d", Long.toString(rows[i + 4])),
                        hasTask ? rows[i + 4] : -1L,
                        rows[i + 2]));
            }
        }
        return lines;
    }

    private void turn() {
        if (rows.length < length) {
            rows = Arrays.copyOf(rows, Math.min(length, Math.max(64 * WIDTH, 2 * rows.length)));
        } else {
            at = 0;
            isFull = true;
        }
    }
}
