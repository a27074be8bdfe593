package io.muster.worker;

import java.util.ArrayList;
import java.util.List;

/** One result on its way to this worker, and the runs that wait for it. Guarded by the run table. */
final class InputFetch {
    final long task;
    final boolean selfNamed;
    final int[] holders;
    final List<Waiting> waiting = new ArrayList<>(1);
    boolean freed;

    InputFetch(final long task, final int[] holders, final boolean selfNamed) {
        this.task = task;
        this.holders = holders;
        this.selfNamed = selfNamed;
    }

    void join(final Run run, final int argument) {
        freed = false;
        waiting.add(new Waiting(run, argument));
    }

    /** A place among a run's arguments. */
    record Waiting(Run run, int argument) {}
}
