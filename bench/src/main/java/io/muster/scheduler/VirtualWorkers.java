package io.muster.scheduler;

import io.muster.MusterException;
import java.util.List;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/** Workers on a virtual clock: each thread runs what is assigned to its worker, in that order, each task for the same time. */
final class VirtualWorkers extends PassiveEffects {
    private final long taskNs;
    private final long delayNs;
    private final ReadyQueue running = new ReadyQueue();
    private final IntArrayList assigned = new IntArrayList();
    private final IntArrayList ended = new IntArrayList();
    private long[] freeNs = {};
    private int threads;

    VirtualWorkers(final long taskNs, final long delayNs) {
        this.taskNs = taskNs;
        this.delayNs = delayNs;
    }

    long taskNs() {
        return taskNs;
    }

    void join(final int count, final int threadsOfEach) {
        threads = threadsOfEach;
        freeNs = new long[count * threadsOfEach];
    }

    boolean isIdle() {
        return running.isEmpty();
    }

    /** When the scheduler hears of the next end. */
    long nextNs() {
        return running.firstOrder();
    }

    /** What was assigned since the last call starts when it has arrived and a thread is free. */
    void begin(final TaskTable tasks, final long nowNs) {
        for (int i = 0; i < assigned.size(); i++) {
            final int slot = assigned.getInt(i);
            final int thread = firstFree(tasks.worker[slot]);
            freeNs[thread] = Math.max(freeNs[thread], nowNs + delayNs) + taskNs;
            running.add(freeNs[thread] + delayNs, slot);
        }
        assigned.clear();
    }

    private int firstFree(final int worker) {
        int first = worker * threads;
        for (int thread = first + 1; thread < (worker + 1) * threads; thread++) {
            first = freeNs[thread] < freeNs[first] ? thread : first;
        }
        return first;
    }

    /** The tasks of whose ends the scheduler has heard; the caller clears the list. */
    IntArrayList endedBy(final long nowNs) {
        while (!running.isEmpty() && running.firstOrder() <= nowNs) {
            ended.addInt(running.firstSlot());
            running.removeFirst();
        }
        return ended;
    }

    @Override
    public void assign(final WorkerState worker, final int slot) {
        assigned.addInt(slot);
    }

    @Override
    public void erred(final ClientState client, final int taskId, final Object failure) {
        throw unexpected("erred taskId=" + taskId);
    }

    @Override
    public void cancelled(final ClientState client, final int taskId, final boolean lost, final String reason) {
        throw unexpected("cancelled taskId=" + taskId);
    }

    @Override
    public void abandon(final WorkerState worker, final long runId, final boolean interrupt) {
        throw unexpected("abandoned runId=" + runId);
    }

    @Override
    public void workerGone(final WorkerState worker, final String reason) {
        throw unexpected("worker gone: " + reason);
    }

    @Override
    public Object failure(
            final FailureKind kind,
            final String key,
            final String worker,
            final int attempt,
            final String message,
            final List<String> details) {
        throw unexpected(kind + " of " + key + " on " + worker + " attempt " + attempt + ": " + message + details);
    }

    private static MusterException unexpected(final String what) {
        return new MusterException("no task fails and no worker leaves in a virtual run: " + what);
    }

    @Override
    public void free(final WorkerState worker, final long task) {}

    /** Nothing is given back: what was assigned will be run. */
    @Override
    public void takeBack(final WorkerState worker, final long runId) {}

    @Override
    public void replicate(final WorkerState destination, final int slot) {}

    @Override
    public void finished(
            final ClientState client,
            final int taskId,
            final int worker,
            final long sizeBytes,
            final boolean inline,
            final @Nullable Object value) {}
}
