package io.muster.scheduler;

import java.util.Arrays;
import java.util.function.Consumer;

/** The last transitions of tasks with their causes, for people who want to know what happened; nothing is decided by them. */
final class Transitions {
    /*
     * A row is three longs: the task; time and worker; run, cause and both phases. It is written for nearly each transition, so it is small.
     * Whose run it was that was the cause is found by the row of that run's assignment.
     */
    static final int ROWS = 100_000;

    /** No worker. */
    static final int NOBODY = -1;

    /** No task, as far as is remembered. */
    static final long NO_TASK = -1;

    private static final int WIDTH = 3;
    private static final int TIME_SHIFT = 20;
    private static final int WORKER_MASK = (1 << TIME_SHIFT) - 1;

    /** Times are kept in units of 1,024 ns, for 200 days. */
    private static final int UNIT_SHIFT = 10;

    private static final int RUN_SHIFT = 16;
    private static final int CAUSE_SHIFT = 8;
    private static final int FROM_SHIFT = 4;
    private static final int PHASE_MASK = 0xF;
    private static final int PHASES_MASK = 0xFF;

    private long[] rows = new long[WIDTH << 8];
    private int at;
    private long total;
    private long beginNs;
    private long units;
    private long timeAndWorker;
    private long runAndCause;

    /** Gets rows. */
    interface Reader {
        /** A task went from one phase to another, or something happened to it in the one that it is in. */
        void row(long timeNs, TaskPhase from, TaskPhase to, Cause cause, int worker, long run);
    }

    /** The time of what follows, in nanoseconds of whoever tells it. */
    void time(final long nowNs) {
        if (beginNs == 0) {
            beginNs = nowNs;
        }
        units = nowNs - beginNs >> UNIT_SHIFT << TIME_SHIFT;
    }

    /** What follows happens because of this. */
    void because(final Cause cause, final int worker, final long run) {
        timeAndWorker = units | worker & WORKER_MASK;
        runAndCause = run << RUN_SHIFT | (long) cause.ordinal() << CAUSE_SHIFT;
    }

    void add(final long task, final int from, final int to) {
        if (at == rows.length && !grow()) {
            at = 0;
        }
        final long[] into = rows;
        final int i = at;
        into[i] = task;
        into[i + 1] = timeAndWorker;
        into[i + 2] = runAndCause | from << FROM_SHIFT | to;
        at = i + WIDTH;
        total++;
    }

    /** How many rows there were. */
    long total() {
        return total;
    }

    /** Tells what happened to a task, oldest first, as far as it is remembered. */
    void of(final long task, final Reader reader) {
        final int count = (int) Math.min(total, rows.length / WIDTH);
        int i = total > count && at < rows.length ? at : 0;
        for (int n = 0; n < count; n++) {
            if (rows[i] == task) {
                final int worker = (int) rows[i + 1] & WORKER_MASK;
                final long packed = rows[i + 2];
                reader.row(
                        beginNs + (rows[i + 1] >>> TIME_SHIFT << UNIT_SHIFT),
                        TaskPhase.of((byte) (packed >>> FROM_SHIFT & PHASE_MASK)),
                        TaskPhase.of((byte) (packed & PHASE_MASK)),
                        Cause.of((int) (packed >>> CAUSE_SHIFT) & PHASES_MASK),
                        worker == WORKER_MASK ? NOBODY : worker,
                        packed >>> RUN_SHIFT);
            }
            i += WIDTH;
            if (i == rows.length) {
                i = 0;
            }
        }
    }

    /** Tells of the last rows, oldest first, whatever task they are about. */
    void last(final int limit, final Consumer<Row> taker) {
        final int count = (int) Math.min(total, rows.length / WIDTH);
        final int shown = Math.min(limit, count);
        for (int n = shown; n > 0; n--) {
            final int i = Math.floorMod(at - n * WIDTH, rows.length);
            final int worker = (int) rows[i + 1] & WORKER_MASK;
            final long packed = rows[i + 2];
            taker.accept(new Row(
                    rows[i],
                    beginNs + (rows[i + 1] >>> TIME_SHIFT << UNIT_SHIFT),
                    TaskPhase.of((byte) (packed >>> FROM_SHIFT & PHASE_MASK)),
                    TaskPhase.of((byte) (packed & PHASE_MASK)),
                    Cause.of((int) (packed >>> CAUSE_SHIFT) & PHASES_MASK),
                    worker == WORKER_MASK ? NOBODY : worker,
                    packed >>> RUN_SHIFT));
        }
    }

    /** One of them. */
    record Row(long task, long timeNs, TaskPhase from, TaskPhase to, Cause cause, int worker, long run) {}

    /** The task of a run, if its assignment is remembered. */
    long taskOf(final long run) {
        final long assigned = run << RUN_SHIFT | (long) Cause.ASSIGNED.ordinal() << CAUSE_SHIFT;
        final int used = (int) Math.min(total * WIDTH, rows.length);
        for (int i = 0; i < used; i += WIDTH) {
            if ((rows[i + 2] & ~PHASES_MASK) == assigned) {
                return rows[i];
            }
        }
        return NO_TASK;
    }

    private boolean grow() {
        if (rows.length == ROWS * WIDTH) {
            return false;
        }
        rows = Arrays.copyOf(rows, Math.min(ROWS * WIDTH, 2 * rows.length));
        return true;
    }
}
