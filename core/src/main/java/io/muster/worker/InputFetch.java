package io.muster.worker;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One result on its way to this worker, and who waits for it: runs, the scheduler that wants a copy, or both. Guarded by the run table. */
final class InputFetch {
    final long task;
    final boolean selfNamed;
    final int[] holders;
    final List<Waiting> waiting = new ArrayList<>(1);
    boolean freed;

    /** Who holds it as far as the scheduler said when it asked for a copy; null if it did not. */
    int @Nullable [] copyHolders;

    InputFetch(final long task, final int[] holders, final boolean selfNamed) {
        this.task = task;
        this.holders = holders;
        this.selfNamed = selfNamed;
    }

    void join(final Run run, final int argument) {
        freed = false;
        waiting.add(new Waiting(run, argument));
    }

    void joinCopy(final int[] named) {
        freed = false;
        copyHolders = named;
    }

    void free() {
        freed = true;
        copyHolders = null;
    }

    /** A place among a run's arguments. */
    record Waiting(Run run, int argument) {}
}
