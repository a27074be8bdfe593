package io.muster.scheduler;

import org.agrona.collections.IntArrayList;

/** Finds tasks whose inputs are together larger than the memory of any worker: they would kill whoever took them. */
final class MemoryFit {
    private final CoreState state;
    private final TaskTable tasks;
    private final EdgePool edges;
    private final IntArrayList hopeless = new IntArrayList();
    private boolean isKnown;
    private long largestBytes;

    MemoryFit(final CoreState state) {
        this.state = state;
        this.tasks = state.tasks;
        this.edges = state.edges;
    }

    /** Workers came or went, or told what they have. */
    void workersChanged() {
        isKnown = false;
    }

    /** Whether no worker could hold the task's inputs, which are all in memory somewhere. */
    boolean exceedsAll(final int slot) {
        return tasks.inputs[slot] != EdgePool.NONE
                && largestBytes() != Long.MAX_VALUE
                && inputBytes(slot) > largestBytes;
    }

    /** Notes a task that {@link #exceedsAll}, to be failed when that can be done. */
    void add(final int slot) {
        hopeless.addInt(slot);
    }

    /** One that was noted and is still where it was, or NONE. */
    int next() {
        while (!hopeless.isEmpty()) {
            final int slot = hopeless.popInt();
            if (tasks.phase(slot) == TaskPhase.NO_WORKER && exceedsAll(slot)) {
                return slot;
            }
        }
        return TaskTable.NONE;
    }

    String message(final int slot) {
        return "task " + state.key(slot) + " has inputs of " + mib(inputBytes(slot))
                + " MiB together, more than any worker may use, largest worker=" + mib(largestBytes())
                + " MiB; make smaller parts, combine them in steps, or start workers with more memory"
                + " (worker.memory-limit)";
    }

    private long inputBytes(final int slot) {
        long bytes = 0;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            bytes += tasks.sizeBytes[edges.input(edge)];
        }
        return bytes;
    }

    /** No limit where there is no worker, or one without a limit. */
    private long largestBytes() {
        if (!isKnown) {
            isKnown = true;
            largestBytes = 0;
            for (final WorkerState worker : state.workers) {
                if (worker != null) {
                    largestBytes =
                            worker.hardLimitBytes <= 0 ? Long.MAX_VALUE : Math.max(largestBytes, worker.hardLimitBytes);
                }
                if (largestBytes == Long.MAX_VALUE) {
                    break;
                }
            }
            largestBytes = largestBytes == 0 ? Long.MAX_VALUE : largestBytes;
        }
        return largestBytes;
    }

    private static long mib(final long bytes) {
        return bytes >> 20;
    }
}
