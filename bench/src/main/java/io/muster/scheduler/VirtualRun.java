package io.muster.scheduler;

import io.muster.MusterException;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.agrona.collections.IntArrayList;

/**
 * A graph run by the production scheduler core on workers that do not exist: tasks take their time on a virtual clock, messages a fixed
 * delay. The core's own time counts too: what it takes to decide passes on the virtual clock, as for the workers that wait for it.
 */
public final class VirtualRun {
    private static final long DELAY_NS = 50_000;
    private static final long RESULT_BYTES = 8;
    private static final Object NOTHING = new byte[0];

    private final VirtualWorkers workers;
    private final SchedulerCore core;
    private final ClientState client = new ClientState(1, NOTHING);
    private final int tasks;
    private final IntFunction<int[]> inputs;
    private final IntPredicate isWanted;

    /**
     * What was found.
     *
     * @param submitNs what submitting took, by the clock on the wall
     * @param heapBytes what the pending tasks take
     * @param runNs what the core took for all the rest, by the clock on the wall
     * @param virtualNs how long the graph took on the workers, from the first assignment on
     */
    public record Found(long submitNs, long heapBytes, long runNs, long virtualNs) {}

    /**
     * Prepares a run.
     *
     * @param tasks how many
     * @param inputs what a task needs, which must be before it
     * @param isWanted whether the client keeps a task's result
     * @param taskNs how long each runs
     */
    public VirtualRun(
            final int tasks, final IntFunction<int[]> inputs, final IntPredicate isWanted, final long taskNs) {
        this.tasks = tasks;
        this.inputs = inputs;
        this.isWanted = isWanted;
        this.workers = new VirtualWorkers(taskNs, DELAY_NS);
        this.core = new SchedulerCore(workers, new CoreSettings(3, Long.MAX_VALUE / 4, true, 0));
        core.addClient(client);
        core.registerFunction(client, 0, NOTHING, "virtual");
    }

    /**
     * Submits all, has the workers join, and runs until the last task is done and released.
     *
     * @param count how many workers
     * @param threads how many tasks each runs at once
     * @return the figures
     */
    public Found run(final int count, final int threads) {
        final long heapBefore = heapBytes();
        final long submitFromNs = System.nanoTime();
        submit();
        final long submitNs = System.nanoTime() - submitFromNs;
        final long heapBytes = heapBytes() - heapBefore;
        final long joinFromNs = System.nanoTime();
        for (int number = 0; number < count; number++) {
            core.addWorker(0, new WorkerState(number, "w-" + number, "host", threads, 0, false, NOTHING));
        }
        workers.join(count, threads);
        long runNs = System.nanoTime() - joinFromNs;
        long nowNs = 0;
        while (true) {
            final long fromNs = System.nanoTime();
            report(nowNs);
            core.schedule();
            final long tookNs = System.nanoTime() - fromNs;
            runNs += tookNs;
            nowNs += tookNs;
            workers.begin(core.tasks(), nowNs);
            if (workers.isIdle()) {
                break;
            }
            nowNs = Math.max(nowNs, workers.nextNs());
        }
        final long releaseFromNs = System.nanoTime();
        release();
        runNs += System.nanoTime() - releaseFromNs;
        return new Found(submitNs, heapBytes, runNs, nowNs);
    }

    private void submit() {
        for (int task = 0; task < tasks; task++) {
            final int[] needs = inputs.apply(task);
            final int flags = (isWanted.test(task) ? ClientRequests.WANTED : 0)
                    | (task + 1 < tasks ? ClientRequests.MORE_OF_GRAPH : 0);
            core.submit(client, task, 0, flags, needs, needs.length, NOTHING, null, TaskTerms.NONE);
        }
        core.schedule();
    }

    /** Tells the core what has ended by now. */
    private void report(final long nowNs) {
        final IntArrayList ended = workers.endedBy(nowNs);
        final TaskTable table = core.tasks();
        for (int i = 0; i < ended.size(); i++) {
            final int slot = ended.getInt(i);
            final WorkerState worker = core.state().workerOf(slot);
            core.heartbeat(nowNs, worker);
            core.runDone(worker, table.runId[slot], core.identity(slot), RESULT_BYTES, workers.taskNs(), false, null);
        }
        ended.clear();
    }

    private void release() {
        for (int task = 0; task < tasks; task++) {
            if (isWanted.test(task)) {
                core.release(client, task);
            }
        }
        if (core.transitions() == 0 || client.live() > 0) {
            throw new MusterException("tasks=" + client.live() + " of " + tasks + " must not be left");
        }
    }

    private static long heapBytes() {
        System.gc();
        final Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
